source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]

  post-processor "manifest" {}

  post-processor "checksum" {
    name           = "sums"
    checksum_types = ["md5"]
    except         = ["null.y"]
  }

  post-processors {
    post-processor "artifice" {
      files = ["out/*.img"]
    }
    post-processor "compress" {
      output            = "out/{{.BuildName}}.tar.gz"
      compression_level = 6
    }
    post-processor "shell-local" {
      inline              = ["ls out"]
      keep_input_artifact = true
    }
  }
}
