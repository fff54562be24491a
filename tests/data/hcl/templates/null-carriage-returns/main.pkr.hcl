
variable "a" {
  default = <<-EOT
    line
      two
  EOT
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
