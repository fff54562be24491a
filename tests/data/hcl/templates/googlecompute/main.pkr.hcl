variable "project" { type = string }
variable "zone" {
  type    = string
  default = "europe-west3-a"
}

locals {
  family = join("-", compact(["app", "", var.zone == null ? null : split("-", var.zone)[0]]))
  labels = { for k, v in { Owner = "Platform Team", Env = "PROD" } : lower(k) => lower(replace(v, " ", "-")) }
}

source "googlecompute" "app" {
  project_id              = var.project
  zone                    = var.zone
  source_image_family     = "debian-12"
  source_image_project_id = ["debian-cloud"]
  image_name              = "${local.family}-${formatdate("YYYYMMDD", "2026-11-22T10:00:00Z")}"
  image_family            = local.family
  image_labels            = local.labels
  machine_type            = "e2-medium"
  ssh_username            = "packer"
  use_internal_ip         = true
  omit_external_ip        = true
  metadata = {
    enable-oslogin = "FALSE"
    startup-script = <<-SH
      #!/bin/sh
      set -eu
      echo "$${HOSTNAME} of ${var.project}"
      test "$(id -u)" = 0 || { echo "%%{no directive}"; exit 1; }
    SH
  }
}

build {
  sources = ["googlecompute.app"]
}
