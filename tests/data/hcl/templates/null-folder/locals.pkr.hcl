locals {
  greeting = join(", ", formatlist("hello %s", var.names))
}
