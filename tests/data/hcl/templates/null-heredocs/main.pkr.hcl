locals {
  plain = <<EOT
first
  second $${kept} \n "quotes"
EOT
  flush = <<-EOT
      deep
    shallow

        deeper
  EOT
  filled = <<-EOT
    %{ for name in ["a", "b"] ~}
    server ${name}
    %{ endfor ~}
    %{ if true }yes%{ else }no%{ endif }
  EOT
  in_list = [<<A
one
A
    , <<-B
    two
    B
  ]
  in_call = upper(<<E
shout
E
  )
  tabs = <<-E
		two tabs
		two tabs
	E
  marker_in_text = <<END
END of what
 ENDE
END
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
