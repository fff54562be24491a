locals {
  answers = {
    for name in ["one", "two"] :
    "/${name}.cfg" => templatefile("${path.root}/answers.tmpl", {
      name     = name
      packages = name == "one" ? ["vim"] : []
    })
  }
}
source "qemu" "x" {
  iso_url        = "x.iso"
  iso_checksum   = "md5:d41d8cd98f00b204e9800998ecf8427e"
  http_content   = local.answers
  floppy_content = { "ks.cfg" = values(local.answers)[0] }
  floppy_label   = "answers"
  vnc_bind_address = "127.0.0.1"
  vnc_port_min   = 5900
  vnc_port_max   = 5999
  qmp_enable     = true
  boot_key_interval = "10ms"
  boot_command   = flatten([["<tab>"], split("", "ks"), "<enter>"])
  ssh_username   = "root"
}
build {
  sources = ["qemu.x"]
}
