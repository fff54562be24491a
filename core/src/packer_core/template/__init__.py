"""From files to a Template."""
