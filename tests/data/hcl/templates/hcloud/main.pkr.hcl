variable "token" {
  type      = string
  default   = env("HCLOUD_TOKEN")
  sensitive = true
}
variable "locations" {
  type    = list(string)
  default = ["fsn1", "nbg1", "hel1"]
}
source "hcloud" "base" {
  token           = var.token
  image           = "debian-12"
  location        = var.locations[0]
  server_type     = "cx22"
  ssh_username    = "root"
  snapshot_name   = "base-${join("_", var.locations)}"
  snapshot_labels = zipmap(["a", "b"], slice(var.locations, 0, 2))
}
build {
  sources = ["hcloud.base"]
  provisioner "shell" {
    inline = concat(["set -e"], formatlist("ping -c1 %s.example.com || true", var.locations))
  }
}
