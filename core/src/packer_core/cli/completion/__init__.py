"""Completion of command lines in bash, zsh and fish: what there is, as scripts, and in rc files."""
