a = "given"
