variable "password" {
  type      = string
  sensitive = true
  default   = "hunter2"
}
local "header" {
  expression = "Basic ${base64encode("user:${var.password}")}"
  sensitive  = true
}
local "open" {
  expression = length(var.password)
}
locals {
  derived = upper(var.password)
  nested  = { inside = [var.password] }
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
