"""Packer's core: reads a template, starts plugins, runs builds."""
