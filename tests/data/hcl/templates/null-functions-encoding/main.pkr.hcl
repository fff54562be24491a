locals {
  object = { b = [1, true, null], a = "x<&>" }
  json   = jsonencode(local.object)
  back   = jsondecode("{\"n\": 1.50, \"l\": [null, {}]}")
  yaml   = yamlencode(local.object)
  yback  = yamldecode("a: [1, two]\nb: {c: ~}\n")
  base64 = [base64encode("packer"), base64decode("cGFja2Vy")]
  url    = urlencode("a b/c?d=é")
  csv    = csvdecode("a,b\n1,2\n3,4\n")
  hashes = [md5("a"), sha1("a"), sha256("a"), sha512("a")]
  uuid   = uuidv5("dns", "example.com")
  gzip   = length(base64gzip("aaaaaaaaaaaaaaaa")) > 0
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
