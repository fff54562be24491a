variable "names" { type = list(string) }
variable "object" {
  type = object({ a = number, b = optional(string, "x") })
}
source "null" "x" { communicator = "none" }
build { sources = ["null.x"] }
