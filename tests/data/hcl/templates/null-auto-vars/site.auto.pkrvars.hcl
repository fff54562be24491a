one   = "from the auto file"
three = ["a", "b"]
