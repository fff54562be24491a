packer {
  required_version = ">= 1.7.0, < 2.0.0"
  required_plugins {
    docker = { source = "github.com/hashicorp/docker", version = "~> 1.0" }
  }
}

variable "tag" {
  default = "latest"
}

variable "token" {
  default   = env("CI_TOKEN")
  sensitive = true
}

source "docker" "redis" {
  image  = "redis:${var.tag}"
  commit = true
  changes = [
    "USER redis",
    "EXPOSE 6379/tcp",
    "ENTRYPOINT [\"docker-entrypoint.sh\"]",
    "CMD [\"redis-server\", \"--save\", \"\"]",
    "ENV VERSION=${var.tag}",
  ]
}

build {
  sources = ["source.docker.redis"]

  provisioner "file" {
    source      = "redis.conf"
    destination = "/usr/local/etc/redis/redis.conf"
  }

  post-processors {
    post-processor "docker-tag" {
      repository = "registry.example.com/cache/redis"
      tags       = [var.tag, "stable"]
    }
    post-processor "docker-push" {
      login          = true
      login_server   = "registry.example.com"
      login_username = "ci"
      login_password = var.token
    }
  }

  post-processor "checksum" {
    checksum_types = ["sha256", "sha512"]
    output         = "{{.BuildName}}_{{.ChecksumType}}.checksum"
  }
}
