variable "any" {
  default = ["guessed", 1]
}
variable "number_as_text" {
  type    = number
  default = "12"
}
variable "bool_as_text" {
  type    = bool
  default = "true"
}
variable "text_from_number" {
  type    = string
  default = 1.50
}
variable "list" {
  type    = list(number)
  default = ["1", 2]
}
variable "set" {
  type    = set(string)
  default = ["b", "a", "b"]
}
variable "map" {
  type    = map(bool)
  default = { a = "true", b = false }
}
variable "tuple" {
  type    = tuple([string, number])
  default = ["x", 1]
}
variable "object" {
  type = object({
    name  = string
    ports = optional(list(number), [80, 443])
    meta  = optional(map(string))
    deep  = optional(object({ a = optional(string, "inner") }), {})
  })
  default = { name = "web" }
}
variable "dynamic" {
  type    = any
  default = { a = 1 }
}
variable "list_of_any" {
  type    = list(any)
  default = [1, "a"]
}
variable "nullable" {
  type    = string
  default = null
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
