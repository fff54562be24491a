build {
  name    = "both"
  sources = ["source.null.one", "source.null.two"]

  provisioner "shell-local" {
    inline = ["echo '${local.greeting} from ${source.name}'"]
  }
}

build {
  name = "second"
  source "null.one" {
    name = "renamed"
  }
}
