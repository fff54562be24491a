locals {
  here  = basename(path.root)
  dirs  = [dirname("/a/b/c.txt"), basename("/a/b/c.txt")]
  made  = "${path.root}/files/../x"
  cidr  = [cidrhost("10.1.0.0/16", 5), cidrnetmask("10.1.0.0/16"), cidrsubnet("10.1.0.0/16", 8, 2)]
  more  = cidrsubnets("10.0.0.0/8", 8, 8, 12)
  time  = formatdate("DD MMM YYYY hh:mm ZZZ", "2026-01-02T03:04:05Z")
  later = timeadd("2026-01-02T03:04:05Z", "36h")
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
