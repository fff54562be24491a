locals {
  c = local.b + 1
  a = 1
}
locals {
  b = local.a + 1
  d = [local.c, local.a]
}
local "e" {
  expression = sum([for n in local.d : n])
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
