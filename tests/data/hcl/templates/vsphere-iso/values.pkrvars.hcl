vsphere = {
  server     = "vc.example.internal"
  user       = "packer@vsphere.local"
  password   = "not a secret"
  datacenter = "DC1"
  cluster    = "Cluster1"
  folder     = "Templates"
}
