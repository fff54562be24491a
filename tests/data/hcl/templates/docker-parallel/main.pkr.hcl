source "docker" "alpine" {
  image  = "alpine"
  commit = true
}
source "docker" "debian" {
  image  = "debian"
  commit = true
}

build {
  name        = "tools"
  description = <<EOF
Images with the tools
that everybody wants.
EOF

  source "docker.alpine" {
    image = "alpine:3.20"
  }
  source "docker.debian" {
    name  = "bookworm"
    image = "debian:bookworm-slim"
  }

  provisioner "shell" {
    override = {
      alpine   = { inline = ["apk add --no-cache curl jq"] }
      bookworm = { inline = ["apt-get update", "apt-get install -y curl jq"] }
    }
    inline = []
  }

  provisioner "shell-local" {
    inline      = ["echo ${build.ID} ${build.name}"]
    pause_before = "5s"
    max_retries = 3
    timeout     = "2m30s"
  }

  post-processor "docker-tag" {
    repository          = "tools"
    keep_input_artifact = false
    only                = ["docker.alpine"]
  }
}
