"""Has a builder of the same name as packer-plugin-note's."""
