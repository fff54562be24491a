variable "one" { type = string }
variable "two" { default = "from the default" }
variable "three" { type = list(string) }
