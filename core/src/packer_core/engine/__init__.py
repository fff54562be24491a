"""From a Template to artifacts. Knows faces and a Catalog, never a process."""
