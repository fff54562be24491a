locals {
  unused = null
}
