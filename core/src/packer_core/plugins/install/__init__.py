"""Each plugin in a virtualenv of its own."""
