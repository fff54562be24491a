"""The judge's plugin in Python: what tests/peers/go/plugin is in Go, on our SDK."""
