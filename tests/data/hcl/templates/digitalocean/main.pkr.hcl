variables {
  api_token = "x"
  sizes     = ["s-1vcpu-1gb"]
  options   = { monitoring = true, ipv6 = false }
}
source "digitalocean" "droplet" {
  api_token     = var.api_token
  image         = "debian-12-x64"
  region        = "fra1"
  size          = var.sizes[0]
  monitoring    = var.options.monitoring
  ipv6          = var.options["ipv6"]
  snapshot_name = "droplet-${md5(jsonencode(var.options))}"
  ssh_username  = "root"
}
build {
  sources = ["digitalocean.droplet"]
}
