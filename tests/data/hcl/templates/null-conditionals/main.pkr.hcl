variable "env" {
  type    = string
  default = "staging"
}
variable "size" {
  type    = number
  default = null
}

locals {
  simple  = var.env == "production" ? "big" : "small"
  chained = var.env == "production" ? 3 : var.env == "staging" ? 2 : 1
  types   = var.env == "staging" ? "1" : 2
  missing = var.size == null ? "unset" : "set"
  or_else = coalesce(var.size, 10)
  tried   = try(var.size.nothing, var.size + 1, "fell through")
  can     = can(var.size + 1)
  guarded = var.env != "" && can(regex("^[a-z]+$", var.env))
  lists   = var.env == "x" ? [] : ["a"]
  objects = true ? { a = 1 } : { a = 2 }
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
