"""Finding plugins, installing them, running them."""
