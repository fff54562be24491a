locals {
  users = [
    { name = "ann", admin = true, groups = ["a", "b"] },
    { name = "bob", admin = false, groups = [] },
    { name = "cyd", admin = true, groups = ["b"] },
  ]
  names     = [for user in local.users : user.name]
  indexed   = [for i, user in local.users : "${i}:${user.name}"]
  admins    = [for user in local.users : user.name if user.admin]
  by_name   = { for user in local.users : user.name => user }
  by_admin  = { for user in local.users : user.admin ? "admins" : "others" => user.name... }
  pairs     = flatten([for u in local.users : [for g in u.groups : { user = u.name, group = g }]])
  swapped   = { for k, v in { a = "x", b = "y" } : v => k }
  over_set  = [for s in convert(["b", "a"], set(string)) : upper(s)]
  multiline = {
    for user in local.users :
    user.name => length(user.groups)
    if length(user.groups) > 0
  }
  splat      = local.users[*].name
  splat_deep = local.users[*].groups[*]
  old_splat  = local.users.*.name
  of_one     = { name = "single" }[*].name
  of_null    = null[*]
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
