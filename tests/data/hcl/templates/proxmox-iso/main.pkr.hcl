variable "node" {
  type    = string
  default = "pve1"
}
variable "bridges" {
  type    = list(string)
  default = ["vmbr0", "vmbr1"]
}

source "proxmox-iso" "fedora" {
  proxmox_url              = "https://${var.node}.example.internal:8006/api2/json"
  insecure_skip_tls_verify = true
  username                 = "packer@pve!token"
  token                    = "11111111-2222-3333-4444-555555555555"
  node                     = var.node
  vm_id                    = 9000 + length(var.bridges)
  memory                   = 4096
  cores                    = 2
  os                       = "l26"
  scsi_controller          = "virtio-scsi-single"
  qemu_agent               = true
  template_name            = "fedora-{{isotime \"2006-01-02\"}}"
  ssh_username             = "root"
  ssh_password             = "packer"

  boot_iso {
    type     = "scsi"
    iso_file = "local:iso/Fedora-Server-41.iso"
    unmount  = true
    iso_checksum = "none"
  }

  disks {
    type         = "scsi"
    disk_size    = "20G"
    storage_pool = "local-lvm"
    io_thread    = true
  }

  dynamic "network_adapters" {
    for_each = { for index, bridge in var.bridges : bridge => index }
    content {
      model    = "virtio"
      bridge   = network_adapters.key
      vlan_tag = convert(100 + network_adapters.value, string)
      firewall = network_adapters.value > 0
    }
  }
}

build {
  sources = ["source.proxmox-iso.fedora"]
}
