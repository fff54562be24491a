source "openstack" "centos" {
  image_name     = "centos-stream-9"
  source_image_filter {
    filters {
      name = "CentOS-Stream-9"
      tags = ["official"]
      properties = { os_distro = "centos" }
    }
    most_recent = true
  }
  flavor           = "m1.small"
  networks         = ["aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"]
  floating_ip_pool = null
  metadata         = { for k in ["hw_disk_bus", "hw_scsi_model"] : k => k == "hw_disk_bus" ? "scsi" : "virtio-scsi" }
  ssh_username     = "cloud-user"
  ssh_ip_version   = "4"
  use_blockstorage_volume = true
}
build {
  sources = ["openstack.centos"]
}
