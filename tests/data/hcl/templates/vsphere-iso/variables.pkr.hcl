variable "vsphere" {
  type = object({
    server     = string
    user       = string
    password   = string
    datacenter = string
    cluster    = string
    datastore  = optional(string, "vsanDatastore")
    folder     = optional(string)
  })
  sensitive = true
}

variable "network" {
  type    = string
  default = "VM Network"

  validation {
    condition     = length(var.network) > 2
    error_message = "The network needs a name of three letters at least."
  }
}
