source "vsphere-iso" "rocky" {
  vcenter_server      = var.vsphere.server
  username            = var.vsphere.user
  password            = var.vsphere.password
  insecure_connection = true
  datacenter          = var.vsphere.datacenter
  cluster             = var.vsphere.cluster
  datastore           = var.vsphere.datastore
  folder              = var.vsphere.folder
  vm_name             = "rocky-9"
  guest_os_type       = "rhel9_64Guest"
  CPUs                = 4
  RAM                 = 8192
  RAM_reserve_all     = true
  disk_controller_type = ["pvscsi"]
  iso_paths           = ["[${var.vsphere.datastore}] ISO/rocky-9.iso"]
  convert_to_template = true
  ssh_username        = "root"
  ssh_password        = "rocky"
  boot_order          = "disk,cdrom"
  boot_command        = ["<up><tab> inst.text inst.ks=cdrom:/ks.cfg<enter>"]

  storage {
    disk_size             = 40960
    disk_thin_provisioned = true
  }

  network_adapters {
    network      = var.network
    network_card = "vmxnet3"
  }

  configuration_parameters = {
    "disk.EnableUUID"  = "TRUE"
    "svga.autodetect"  = "TRUE"
    "guestinfo.userdata.encoding" = "base64"
    "guestinfo.userdata"          = base64encode("#cloud-config")
  }
}
