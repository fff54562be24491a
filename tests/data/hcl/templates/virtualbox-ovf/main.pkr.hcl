source "virtualbox-ovf" "base" {
  source_path  = "output/base.ovf"
  ssh_username = "vagrant"
}

build {
  sources = ["source.virtualbox-ovf.base"]

  provisioner "breakpoint" {
    disable = true
    note    = "look at it"
  }

  error-cleanup-provisioner "shell-local" {
    inline = ["rm -rf output"]
  }
}
