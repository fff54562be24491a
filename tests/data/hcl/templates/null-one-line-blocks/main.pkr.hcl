variable "a" { type = string }
variable "b" { default = [1, 2] }
locals { c = "d" }
source "null" "x" { communicator = "none" }
build { sources = ["null.x"] }
