locals {
  list   = ["c", "a", "b", "a"]
  nested = [[1, 2], [3, [4, 5]], []]
  map    = { one = 1, "two words" = 2, (upper("three")) = 3, 4 : "four" }
  object = {
    name = "x"
    tags = { a = "1" }
    list = local.list
  }

  first      = local.list[0]
  last       = local.list[length(local.list) - 1]
  by_key     = local.map["two words"]
  by_name    = local.object.tags.a
  legacy     = local.list.1
  negative   = try(local.list[-1], "none")
  slice      = slice(local.list, 1, 3)
  set        = convert(local.list, set(string))
  sorted     = sort(local.list)
  distinct   = distinct(local.list)
  flattened  = flatten(local.nested)
  reversed   = reverse(local.list)
  chunks     = chunklist(local.list, 3)
  zipped     = zipmap(["a", "b"], [1, 2])
  merged     = merge({ a = 1, b = 2 }, { b = 3 }, { c = null })
  keys       = keys(local.map)
  lookup     = lookup({ a = "x" }, "b", "fallback")
  contains   = contains(local.list, "b")
  index      = index(local.list, "b")
  product    = setproduct(["a", "b"], [1, 2])
  intersect  = setintersection(["a", "b"], ["b", "c"])
  coalesced  = coalesce("", "x", "y")
  compacted  = compact(["a", "", "b"])
  ranged     = range(0, 10, 3)
  empty_list = []
  empty_map  = {}
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
