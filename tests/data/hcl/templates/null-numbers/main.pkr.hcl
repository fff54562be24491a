locals {
  integers  = [0, 7, 007, 42, 12345678901234567890]
  fractions = [0.5, 1.50, 3.14159, 1e3, 2.5E-3, 1e+2]
  sums      = [1 + 2 * 3, (1 + 2) * 3, 7 / 2, 7 % 4, -7 % 4, -(-3), 2 - -2]
  compare   = [1 < 2, 2 <= 2, 3 > 4, 4 >= 4, 1 == 1.0, "1" == 1, 1 != 2]
  logic     = [true && false, true || false, !true, !(true && false), 1 < 2 && 2 < 3]
  rounding  = [ceil(1.2), floor(-1.2), abs(-5), max(1, 9, 3), min(4, 2), pow(2, 10), signum(-3)]
  parsing   = [parseint("ff", 16), convert("12.5", number), log(8, 2)]
  precision = 0.1 + 0.2
}

source "null" "x" {
  communicator = "none"
}

build {
  sources = ["null.x"]
}
