# A container image, made without a daemon: a page, a program that shows it, and nothing else.

variable "greeting" {
  type        = string
  default     = "Hello from an image that Packer built."
  description = "What the page says."
}

locals {
  page  = "/srv/www/index.html"
  image = "hello.oci.tar"
}

source "oci" "hello" {
  from     = "host"
  programs = ["sh", "cat", "date", "mkdir", "chmod", "rm"]
  cmd      = ["/usr/local/bin/hello"]
  env      = { PAGE = local.page }
  labels   = { "org.opencontainers.image.title" = "hello" }
  tag      = "hello"
  output   = local.image
}

build {
  sources = ["source.oci.hello"]

  provisioner "shell" {
    inline = ["mkdir -p ${dirname(local.page)} /usr/local/bin"]
  }

  provisioner "file" {
    source      = "${path.root}/index.html"
    destination = local.page
  }

  provisioner "shell" {
    environment_vars = ["GREETING=${var.greeting}"]
    script           = "${path.root}/setup.sh"
  }

  post-processors {
    post-processor "checksum" {
      checksum_types = ["sha256"]
      output         = "${local.image}.sha256"
    }
    post-processor "manifest" {}
  }
}
