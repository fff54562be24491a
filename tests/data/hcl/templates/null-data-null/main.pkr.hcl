data "null" "greeting" {
  input = "hello ${upper(var.who)}"
}
variable "who" {
  default = "world"
}
data "http" "motd" {
  url = "https://example.com/motd?x=${urlencode(data.null.greeting.output)}"
  request_headers = {
    Accept = "text/plain"
  }
}
locals {
  words = split(" ", data.null.greeting.output)
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
