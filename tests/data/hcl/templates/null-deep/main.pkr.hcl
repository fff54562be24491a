locals {
  deep = {
    a = [{ b = { c = [[{ d = { e = "bottom" } }]] } }]
  }
  reach = local.deep.a[0].b.c[0][0].d["e"]
  calls = upper(lower(upper(lower(upper(local.reach)))))
  parens = ((((1 + ((2)))) * (3)))
  chain = true ? false ? 1 : true ? 2 : 3 : 4
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
