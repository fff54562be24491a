locals {
  cases    = [upper("aB"), lower("aB"), title("a few words"), strrev("abc")]
  trims    = [trim("?x?", "?"), trimspace("  x "), trimprefix("v1", "v"), trimsuffix("a.txt", ".txt"), chomp("a\n")]
  splits   = [split(",", "a,b,c"), join("-", ["a", "b"]), substr("packer", 1, 3)]
  replaces = [replace("a.b.c", ".", "-"), replace("a1b22", "/[0-9]+/", "#"), regex_replace("ab", "(a)(b)", "$2$1")]
  regexes  = [regex("[a-z]+", "123abc"), regex("(?P<y>\\d{4})-(?P<m>\\d\\d)", "2026-11"), regexall("[a-z]", "a1b")]
  formats  = [format("%s has %d of %5.2f%%", "x", 3, 1.5), formatlist("%s-%02d", ["a", "b"], [1, 2])]
  indents  = indent(2, "a\nb\nc")
  lengths  = [length("日本語"), length([]), length({ a = 1 })]
  starts   = [startswith("packer", "pa"), endswith("packer", "er"), strcontains("packer", "ck")]
  versions = [for v in ["1.10.0", "1.9.3"] : split(".", v)[1]]
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
