variable "scripts" {
  type    = map(list(string))
  default = { base = ["a.sh", "b.sh"], extra = [] }
}
variable "kinds" {
  default = ["one", "two"]
}

dynamic "source" {
  for_each = var.kinds
  iterator = kind
  labels   = ["null", kind.value]
  content {
    communicator = "none"
  }
}

build {
  sources = [for kind in var.kinds : "null.${kind}"]

  dynamic "provisioner" {
    for_each = { for name, scripts in var.scripts : name => scripts if length(scripts) > 0 }
    labels   = ["shell-local"]
    content {
      scripts = provisioner.value
      env     = { STAGE = provisioner.key }
    }
  }

  dynamic "post-processor" {
    for_each = convert(["md5", "sha1"], set(string))
    labels   = ["checksum"]
    content {
      checksum_types = [post-processor.value]
    }
  }
}
