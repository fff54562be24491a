variable "subscription" {
  type    = string
  default = "00000000-0000-0000-0000-000000000000"
  validation {
    condition     = can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.subscription))
    error_message = "A subscription is a UUID in lower case."
  }
}

variable "versions" {
  type    = list(string)
  default = ["1.0.1", "1.0.2"]
}

source "azure-arm" "gallery" {
  use_azure_cli_auth = true
  subscription_id    = var.subscription
  os_type            = "Linux"
  image_publisher    = "Canonical"
  image_offer        = "ubuntu-24_04-lts"
  image_sku          = "server"
  location           = "West Europe"
  vm_size            = "Standard_D2s_v5"
  azure_tags         = { dept = "engineering", "cost-center" = 4711 }

  shared_image_gallery_destination {
    resource_group      = "images"
    gallery_name        = "gallery"
    image_name          = "web"
    image_version       = element(var.versions, length(var.versions) - 1)
    replication_regions = sort(["westeurope", "northeurope", "germanywestcentral"])
  }
}

build {
  sources = ["source.azure-arm.gallery"]

  provisioner "shell" {
    execute_command = "chmod +x {{ .Path }}; {{ .Vars }} sudo -E sh '{{ .Path }}'"
    inline          = ["/usr/sbin/waagent -force -deprovision+user && export HISTSIZE=0 && sync"]
    inline_shebang  = "/bin/sh -x"
  }
}
