"""The calls: one module per interface, with its messages, its client and its server."""
