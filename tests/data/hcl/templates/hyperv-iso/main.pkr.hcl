source "hyperv-iso" "windows" {
  iso_url              = "D:\\isos\\windows.iso"
  iso_checksum         = "none"
  generation           = 2
  enable_secure_boot   = true
  secure_boot_template = "MicrosoftWindows"
  switch_name          = "Default Switch"
  boot_command         = ["a<wait>a<wait>a"]
  cd_files             = ["autounattend.xml", "scripts\\*.ps1"]
  communicator         = "winrm"
  winrm_username       = "vagrant"
  winrm_password       = "vagrant"
  shutdown_command     = "shutdown /s /t 10 /f /d p:4:1 /c \"Packer Shutdown\""
}
build {
  sources = ["source.hyperv-iso.windows"]
  provisioner "windows-shell" {
    inline = [
      "dir C:\\",
      "echo %PATH%",
    ]
  }
}
