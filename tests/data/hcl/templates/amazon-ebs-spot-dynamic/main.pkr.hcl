variable "disks" {
  type = list(object({
    name = string
    size = number
    type = optional(string, "gp3")
  }))
  default = [
    { name = "/dev/xvda", size = 16 },
    { name = "/dev/xvdf", size = 500, type = "sc1" },
  ]
}

variable "spot" {
  type    = bool
  default = true
}

source "amazon-ebs" "worker" {
  ami_name             = "worker"
  region               = "eu-north-1"
  spot_price           = var.spot ? "auto" : null
  spot_instance_types  = var.spot ? ["m5.large", "m5a.large", "m6i.large"] : null
  instance_type        = var.spot ? null : "m5.large"
  ssh_username         = "ec2-user"
  associate_public_ip_address = true

  dynamic "launch_block_device_mappings" {
    for_each = var.disks
    iterator = disk
    content {
      device_name           = disk.value.name
      volume_size           = disk.value.size
      volume_type           = disk.value.type
      delete_on_termination = disk.key == 0
    }
  }

  source_ami_filter {
    filters     = { name = "al2023-ami-*-x86_64" }
    owners      = ["amazon"]
    most_recent = true
  }
}

build {
  sources = ["amazon-ebs.worker"]
}
