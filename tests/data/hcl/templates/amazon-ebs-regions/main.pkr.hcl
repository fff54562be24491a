variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "copies" {
  type        = map(string)
  description = "Region to the alias of the key there"
  default = {
    "eu-west-1" = "alias/images-eu"
    "us-east-1" = "alias/images-us"
  }
}

locals {
  stamp    = "2026-11-22"
  ami_name = "web-${local.stamp}-${substr(sha256(var.region), 0, 6)}"
  tags = merge(
    { Name = local.ami_name, Team = "platform" },
    { for region, key in var.copies : "copy/${region}" => key },
  )
}

source "amazon-ebs" "web" {
  region                = var.region
  ami_name              = local.ami_name
  ami_regions           = keys(var.copies)
  region_kms_key_ids    = var.copies
  instance_type         = "m6i.large"
  ssh_username          = "admin"
  ena_support           = true
  force_deregister      = true
  encrypt_boot          = true
  kms_key_id            = var.copies[var.region == "eu-west-1" ? "eu-west-1" : "us-east-1"]
  tags                  = local.tags
  run_tags              = { for k, v in local.tags : k => v if length(regexall("^copy/", k)) == 0 }
  snapshot_tags         = local.tags
  temporary_key_pair_type = "ed25519"

  launch_block_device_mappings {
    device_name           = "/dev/xvda"
    volume_size           = 20 * 2
    volume_type           = "gp3"
    delete_on_termination = true
  }

  launch_block_device_mappings {
    device_name  = "/dev/xvdb"
    volume_size  = 100
    volume_type  = "st1"
    no_device    = false
    iops         = null
  }
}

build {
  sources = ["source.amazon-ebs.web"]

  provisioner "shell" {
    environment_vars = [for k, v in local.tags : "TAG_${upper(replace(k, "/[^A-Za-z0-9]/", "_"))}=${v}"]
    inline = [
      "cloud-init status --wait",
      "sudo apt-get -y update",
      "sudo apt-get -y install nginx",
    ]
  }

  post-processor "manifest" {
    output     = "manifest.json"
    strip_path = true
    custom_data = {
      region = var.region
      stamp  = local.stamp
    }
  }
}
