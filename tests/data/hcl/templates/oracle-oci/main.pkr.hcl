locals {
  compartment = "ocid1.compartment.oc1..aaaa"
  shapes = {
    amd = { shape = "VM.Standard.E4.Flex", ocpus = 1, memory = 8 }
    arm = { shape = "VM.Standard.A1.Flex", ocpus = 2, memory = 12 }
  }
}
source "oracle-oci" "base" {
  availability_domain = "aaaa:EU-FRANKFURT-1-AD-1"
  compartment_ocid    = local.compartment
  subnet_ocid         = "ocid1.subnet.oc1..bbbb"
  ssh_username        = "opc"
}
build {
  dynamic "source" {
    for_each = local.shapes
    labels   = ["oracle-oci.base"]
    content {
      name       = source.key
      image_name = "base-${source.key}"
      shape      = source.value.shape
      shape_config {
        ocpus         = source.value.ocpus
        memory_in_gbs = source.value.memory
      }
    }
  }
}
