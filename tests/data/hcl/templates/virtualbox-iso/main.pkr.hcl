variable "vm" {
  type = object({ name = string, cpus = number, memory = number })
  default = {
    name   = "alpine"
    cpus   = 1
    memory = 512
  }
}

source "virtualbox-iso" "alpine" {
  vm_name              = var.vm.name
  guest_os_type        = "Linux26_64"
  iso_url              = "https://dl-cdn.alpinelinux.org/alpine/v3.20/releases/x86_64/alpine-virt-3.20.0-x86_64.iso"
  iso_checksum         = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
  hard_drive_interface = "sata"
  guest_additions_mode = "disable"
  vboxmanage = [
    ["modifyvm", "{{.Name}}", "--memory", "${var.vm.memory}"],
    ["modifyvm", "{{.Name}}", "--cpus", convert(var.vm.cpus, string)],
    ["modifyvm", "{{.Name}}", "--nat-localhostreachable1", "on"],
  ]
  export_opts      = ["--manifest", "--vsys", "0", "--description", "An Alpine box\nof ours", "--version", "1.0"]
  format           = "ova"
  shutdown_command = "poweroff"
  ssh_username     = "root"
  ssh_password     = "alpine"
}

build {
  sources = ["source.virtualbox-iso.alpine"]

  post-processor "vagrant" {
    compression_level   = 9
    output              = "${var.vm.name}.box"
    keep_input_artifact = true
  }
}
