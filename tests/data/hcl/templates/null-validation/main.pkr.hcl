variable "name" {
  type        = string
  description = "A name for the image, in lower case"
  default     = "box"
  validation {
    condition     = length(var.name) > 2 && lower(var.name) == var.name
    error_message = "The name must have three lower case letters or more."
  }
  validation {
    condition     = !contains(["root", "admin"], var.name)
    error_message = "Names of users are taken."
  }
}
variable "port" {
  type    = number
  default = 8080
  validation {
    condition     = var.port >= 1024 && var.port < 65536 && floor(var.port) == var.port
    error_message = "A port is a whole number from 1024 to 65535."
  }
}
variable "token" {
  type      = string
  sensitive = true
  default   = "s3cr3t"
  validation {
    condition     = can(regex("^[a-z0-9]+$", var.token))
    error_message = "A token has letters and digits."
  }
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
