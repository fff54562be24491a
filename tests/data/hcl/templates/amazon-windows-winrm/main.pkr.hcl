variable "password" {
  type      = string
  sensitive = true
  default   = "SuperS3cr3t!!!!"
}

source "amazon-ebs" "windows" {
  ami_name       = "windows-{{timestamp}}"
  communicator   = "winrm"
  winrm_username = "Administrator"
  winrm_password = var.password
  winrm_use_ssl  = true
  winrm_insecure = true
  winrm_timeout  = "15m"
  instance_type  = "t3.xlarge"
  region         = "us-east-2"
  user_data      = <<-POWERSHELL
    <powershell>
    # the password is filled in by packer
    net user Administrator ${var.password}
    wmic useraccount where "name='Administrator'" set PasswordExpires=FALSE
    $cert = New-SelfSignedCertificate -DnsName $env:COMPUTERNAME
    winrm set winrm/config/service '@{AllowUnencrypted="false"}'
    winrm create winrm/config/Listener?Address=*+Transport=HTTPS "@{Hostname=`"$${env:COMPUTERNAME}`"}"
    </powershell>
  POWERSHELL
}

build {
  sources = ["source.amazon-ebs.windows"]

  provisioner "powershell" {
    inline            = ["Install-WindowsFeature -Name Web-Server", "Restart-Computer -Force"]
    elevated_user     = "Administrator"
    elevated_password = build.Password
  }

  provisioner "windows-restart" {
    restart_timeout = "30m"
  }
}
