variable "version" {
  type    = string
  default = "15.6"
}
locals {
  parts = split(".", var.version)
  major = convert(local.parts[0], number)
  minor = convert(local.parts[1], number)
}
source "vmware-iso" "suse" {
  iso_url          = "SLE-${local.major}-SP${local.minor}-Full-x86_64.iso"
  iso_checksum     = "file:./SHA256SUMS"
  guest_os_type    = "sles${local.major}-64"
  version          = 19
  disk_size        = 30 * 1024
  disk_type_id     = 0
  network          = "nat"
  network_adapter_type = "vmxnet3"
  vmx_data = {
    "memsize"                 = "4096"
    "numvcpus"                = "2"
    "RemoteDisplay.vnc.enabled" = "false"
    "ethernet0.virtualDev"    = "vmxnet3"
  }
  vmx_remove_ethernet_interfaces = true
  shutdown_command = "shutdown -h now"
  ssh_username     = "root"
  ssh_password     = "suse"
}
build {
  sources = ["vmware-iso.suse"]
}
