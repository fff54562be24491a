"""Is called a plugin and is none: it has no component."""
