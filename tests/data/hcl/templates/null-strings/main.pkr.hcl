locals {
  plain     = "a b"
  empty     = ""
  escapes   = "tab\t quote\" backslash\\ newline\n return\r"
  unicode   = "\u00e9\u0301 \U0001F4E6 ü 日本語"
  dollars   = "$ $$ $x 100% %% %s"
  literal   = "$${not} %%{either}"
  nested    = "a ${"b ${"c ${upper("d")}"}"}"
  braces    = "x ${ { a = "y" }.a } z"
  number    = "${1 + 1}"
  wrapped   = "${[1, 2]}"
  joined    = "n=${42} f=${1.50} b=${true}"
  trimmed   = "  ${~ "left" ~}  right"
  condition = "%{ if length("abc") > 2 }long%{ else }short%{ endif }"
  loop      = "%{ for i, v in ["a", "b"] }${i}:${v};%{ endfor }"
  quotes    = "say ${"\"hi\""}"
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
