locals {
  user_data = {
    hostname = "box"
    users = [
      {
        name   = "ops"
        sudo   = "ALL=(ALL) NOPASSWD:ALL"
        shell  = "/bin/bash"
        groups = ["docker", "adm"]
      },
    ]
    write_files = [
      for name, content in { motd = "welcome", issue = "\\n \\l" } : {
        path    = "/etc/${name}"
        content = "${content}\n"
      }
    ]
    runcmd = [["systemctl", "enable", "--now", "docker"]]
  }
}

source "qemu" "cloud" {
  disk_image   = true
  iso_url      = "https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img"
  iso_checksum = "file:https://cloud-images.ubuntu.com/noble/current/SHA256SUMS"
  cd_label     = "cidata"
  cd_content = {
    "meta-data" = jsonencode({ instance-id = "iid-1" })
    "user-data" = "#cloud-config\n${jsonencode(local.user_data)}"
  }
  qemuargs = [
    ["-cpu", "host"],
    ["-smbios", "type=1,serial=ds=nocloud"],
    ["-device", "virtio-rng-pci"],
  ]
  ssh_username         = "ops"
  ssh_private_key_file = "~/.ssh/id_ed25519"
}

build {
  sources = ["qemu.cloud"]
}
