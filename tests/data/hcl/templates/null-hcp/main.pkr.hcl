source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]

  hcp_packer_registry {
    bucket_name = "images"
    description = <<-EOT
      Images of ours.
    EOT
    bucket_labels = { owner = "platform" }
    build_labels  = { "python" = "3.13" }
  }
}
