locals {
  keys = {
    "with.dots"  = 1
    "with spaces" = 2
    with-dash    = 3
    true         = 4
    null         = 5
    "${"computed"}-${1 + 1}" = 6
    (local.name) = 7
    8            = 8
    for_         = 9
    in           = 10
  }
  name = "in parentheses"
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
