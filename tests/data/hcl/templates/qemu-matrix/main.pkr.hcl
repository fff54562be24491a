variable "releases" {
  type = map(object({ iso = string, sum = string, memory = optional(number) }))
  default = {
    bookworm = { iso = "debian-12.iso", sum = "none" }
    trixie   = { iso = "debian-13.iso", sum = "none", memory = 4096 }
  }
}

source "qemu" "base" {
  disk_size    = 10000
  ssh_username = "root"
  ssh_password = "root"
  accelerator  = "tcg"
}

build {
  name = "matrix"

  dynamic "source" {
    for_each = var.releases
    labels   = ["source.qemu.base"]
    content {
      name         = source.key
      iso_url      = "file:///isos/${source.value.iso}"
      iso_checksum = source.value.sum
      memory       = coalesce(source.value.memory, 2048)
      vm_name      = "${source.key}.qcow2"
    }
  }

  provisioner "shell" {
    only   = ["qemu.bookworm"]
    inline = ["echo only here"]
  }

  provisioner "shell" {
    except = ["qemu.bookworm"]
    inline = ["echo ${source.name} of ${source.type}"]
  }
}
