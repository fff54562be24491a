data "amazon-ami" "base" {
  filters = {
    virtualization-type = "hvm"
    name                = "debian-12-amd64-*"
  }
  owners      = ["136693071363"]
  most_recent = true
  region      = local.region
}

data "amazon-secretsmanager" "token" {
  name = "ci/registry"
  key  = "token"
}

locals {
  region = "eu-west-3"
}

source "amazon-ebs" "base" {
  region       = local.region
  source_ami   = data.amazon-ami.base.id
  ami_name     = "base-from-${data.amazon-ami.base.name}"
  ssh_username = "admin"
}

build {
  sources = ["source.amazon-ebs.base"]

  provisioner "shell" {
    environment_vars = ["TOKEN=${data.amazon-secretsmanager.token.value}"]
    inline           = ["echo logged in > /tmp/state"]
  }
}
