"""Refuses what no plugin can be called, before anything is written."""

import re
import sys

NAME = "{{ cookiecutter.name }}"
KINDS = "{{ cookiecutter.builder }}{{ cookiecutter.provisioner }}{{ cookiecutter.post_processor }}{{ cookiecutter.datasource }}"

if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", NAME):
    sys.exit(f"a plugin is called with small letters, digits and single hyphens: {NAME}")
if "True" not in KINDS:
    sys.exit("a plugin has at least one component: say yes to one of the kinds")
