variables {
  iso_url      = "https://cdimage.debian.org/debian-cd/12.5.0/amd64/iso-cd/debian-12.5.0-amd64-netinst.iso"
  iso_checksum = "sha512:33c08e56c83d13007e4a5511b9bf2c4926c4aa12fd5dd56d493c0653aecbab380988c5bf1671dbaea75c582827797d98c4a611f7fb2b131fbde2c677d5258ec9"
  headless     = true
  cpus         = 2
}

locals {
  hostname = "debian12"
  domain   = "example.internal"
  boot = [
    "<esc><wait>",
    "auto url=http://{{ .HTTPIP }}:{{ .HTTPPort }}/preseed.cfg ",
    "hostname=${local.hostname} domain=${local.domain} ",
    "interface=auto vga=788 noprompt quiet --<enter>",
  ]
}

source "qemu" "debian" {
  iso_url          = var.iso_url
  iso_checksum     = var.iso_checksum
  headless         = var.headless
  cpus             = var.cpus
  memory           = var.cpus * 1024
  disk_size        = "8G"
  format           = "qcow2"
  accelerator      = "kvm"
  net_device       = "virtio-net"
  disk_interface   = "virtio"
  boot_wait        = "3s"
  boot_command     = local.boot
  shutdown_command = "echo 'vagrant' | sudo -S shutdown -P now"
  ssh_username     = "vagrant"
  ssh_password     = "vagrant"
  ssh_timeout      = "30m"
  http_content = {
    "/preseed.cfg" = <<-EOF
      d-i debian-installer/locale string en_US
      d-i netcfg/get_hostname string ${local.hostname}
      d-i netcfg/get_domain string ${local.domain}
      %{ for package in ["openssh-server", "sudo", "qemu-guest-agent"] ~}
      d-i pkgsel/include string ${package}
      %{ endfor ~}
      d-i preseed/late_command string echo done
    EOF
  }
}

build {
  sources = ["source.qemu.debian"]
}
