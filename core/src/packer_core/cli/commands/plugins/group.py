"""The table of ``packer plugins``."""

from __future__ import annotations

from packer_core.cli.deferred import DeferredGroup

MEMBERS = {
    "install": "Install a plugin into an environment of its own",
    "upgrade": "Install the newest versions of plugins",
    "rollback": "Go back to the version of a plugin before the last change",
    "remove": "Remove a plugin and its environment",
    "prune": "Remove earlier versions of plugins, and what they were made of",
    "lock": "Write down which plugins are used, to the last file",
    "sync": "Make the store hold exactly what a lock names",
    "bundle": "Pack everything that a lock names into one file",
    "list": "Show every component, its plugin and where it was found",
    "required": "Show what a template requires, and what of it is installed",
    "explain": "Tell where a component comes from, and why it is the one that is used",
    "verify": "Compare every file of installed plugins with its hash",
    "doctor": "Tell what is wrong with the store of plugins",
    "installed": "Print the path of every plugin binary",
    "export": "Make an installed plugin a file that HashiCorp's packer loads",
    "new": "Write a new plugin to start from",
}
"""Each in a module of this package under its name, and imported when it is asked for."""

COMMAND = DeferredGroup(
    "plugins",
    "Install, list and remove plugins",
    package=__package__,
    members=MEMBERS,
    modules={"list": "listing"},
)
