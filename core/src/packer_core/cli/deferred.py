"""A group whose members are imported when they are asked for; their names are a table."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from .command import Command, Group

if TYPE_CHECKING:
    from collections.abc import Iterator


class DeferredGroup(Group):
    """A group that knows its members by name until one is asked for.

    Args:
        name: The word the user types.
        summary: One line for the list of commands.
        package: Where the members are, each a module with a ``COMMAND``.
        members: What lists say of each, in their order; a test compares with what they say.
        modules: Where a member's module has another name than the member.
    """

    def __init__(
        self,
        name: str,
        summary: str,
        package: str,
        members: Mapping[str, str],
        modules: Mapping[str, str],
    ) -> None:
        super().__init__(name, summary, ())
        self._listed = members
        self.members = _Members(package, members, modules)

    def summaries(self) -> Mapping[str, str]:
        """See `Group`."""
        return self._listed


class _Members(Mapping[str, Command]):
    def __init__(self, package: str, listed: Mapping[str, str], modules: Mapping[str, str]) -> None:
        self._package = package
        self._listed = listed
        self._modules = modules

    def __getitem__(self, name: str) -> Command:
        if name not in self._listed:
            raise KeyError(name)
        module = import_module(f"{self._package}.{self._modules.get(name, name)}")
        command: Command = module.COMMAND
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)
