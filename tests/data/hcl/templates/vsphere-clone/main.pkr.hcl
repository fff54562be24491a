variable "template" { default = "ubuntu-24.04" }
variable "linked"   { default = false }
variable "ips" {
  type    = set(string)
  default = ["10.0.0.7", "10.0.0.5", "10.0.0.7"]
}

source "vsphere-clone" "app" {
  template     = var.template
  linked_clone = var.linked
  vm_name      = format("%s-%03d", replace(var.template, ".", "-"), length(var.ips))
  communicator = "none"
  customize {
    linux_options {
      host_name = "app"
      domain    = "example.internal"
    }
    dynamic "network_interface" {
      for_each = var.ips
      content {
        ipv4_address = network_interface.value
        ipv4_netmask = "24"
      }
    }
    ipv4_gateway = cidrhost("10.0.0.0/24", 1)
  }
}

build {
  sources = ["source.vsphere-clone.app"]
}
