source "lxd" "noble" {
  image        = "ubuntu:24.04"
  output_image = "noble-tools"
  publish_properties = {
    description = "Tools & more"
  }
}
source "null" "local" {
  communicator = "none"
}
build {
  sources = ["lxd.noble", "null.local"]
  provisioner "shell-local" {
    only    = ["null.local"]
    command = "echo $HOME $${HOME} %PATH%"
    tempfile_extension = ".sh"
    env = {
      NAME = "${source.type}.${source.name}"
    }
  }
}
