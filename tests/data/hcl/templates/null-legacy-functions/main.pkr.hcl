locals {
  legacy  = "{{ user `kept` }}"
  stamped = "{{timestamp}} {{isotime `2006`}}"
  builder = "{{build_name}}-{{ .Name }}"
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
