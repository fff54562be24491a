"""Writes a note and calls it an image."""
