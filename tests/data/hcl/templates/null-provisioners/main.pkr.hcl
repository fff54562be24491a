source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]

  provisioner "shell-local" {
    inline          = ["true"]
    only            = ["null.x"]
    pause_before    = "1s"
    timeout         = "5m"
    max_retries     = 2
  }

  provisioner "file" {
    generated   = true
    content     = templatefile("motd.tmpl", { names = ["a"] })
    destination = "/etc/motd"
  }

  provisioner "shell" {
    name = "with a name"
    env  = { A = "1", B = "two words", C = "${build.ID}" }
    script = "setup.sh"
    override = {
      x = { script = "other.sh" }
    }
  }

  error-cleanup-provisioner "shell-local" {
    inline = ["echo failed"]
  }
}
