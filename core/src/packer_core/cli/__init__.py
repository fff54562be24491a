"""The command line: the only part that exits, and the only part that renders."""
