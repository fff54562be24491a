build {
  sources = ["source.vsphere-iso.rocky"]

  provisioner "ansible" {
    playbook_file = "${path.root}/playbooks/site.yml"
    extra_arguments = concat(
      ["--extra-vars", "ansible_python_interpreter=/usr/bin/python3"],
      [for tag in ["base", "hardening"] : "--tags=${tag}"],
    )
  }
}
