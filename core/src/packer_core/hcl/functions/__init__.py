"""The functions of templates: one module a group, and the table that finds them by name.

A module of a group is imported when one of its functions is called for the first time.
"""
