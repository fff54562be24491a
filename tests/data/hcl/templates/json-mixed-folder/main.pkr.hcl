locals {
  double = var.size * 2
}
source "null" "x" {
  communicator = "none"
}
