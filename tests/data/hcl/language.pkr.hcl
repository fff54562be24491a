# c
packer {
  required_version = ">= 1.7.0"
}
variable "x" {
  type    = list(string)
  default = ["a", "b",]
  validation { condition = length(var.x) > 0 && !false }
}
locals {
  a = { for k, v in var.x : k => upper(v)... if v != "" }
  b = <<-EOT
    hi ${var.x[0]}
      %{ for i in var.x ~}
      ${ i }
      %{ endfor ~}
    $${no}
  EOT
  c = local.a.*.b[0].c[*].d
  d = true ? -1.5e3 + 2 : f(x...)
}
