variable "größe" {
  type    = number
  default = 3
}
locals {
  名前     = "packer"
  élan   = "${local.名前}-${var.größe}"
  emoji  = "👩‍👩‍👧 🇩🇪 é"
  len    = length("👩‍👩‍👧🇩🇪")
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
