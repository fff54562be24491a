source "proxmox-clone" "k8s" {
  clone_vm   = "fedora"
  full_clone = false
  task_timeout = "10m"
  ipconfig {
    ip      = "192.168.1.10/24"
    gateway = cidrhost("192.168.1.0/24", 254)
  }
  ipconfig {
    ip = "dhcp"
  }
  vm_interface = "eth0"
}

build {
  sources = ["source.proxmox-clone.k8s"]

  provisioner "shell" {
    scripts           = fileset(path.root, "scripts/*.sh")
    expect_disconnect = true
    start_retry_timeout = "10m"
    valid_exit_codes  = [0, 2, 127]
  }
}
