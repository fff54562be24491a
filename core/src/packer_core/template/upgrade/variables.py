"""What becomes of the variables of a JSON template: variables that can be set, and locals.

The default of a variable is a constant in HCL2, but for ``env`` (VAR-005). What uses more than that
becomes a local, which cannot be set from outside any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .actions import Rewriter
from .functions import TIMESTAMP, for_options, for_steps, for_variables
from .texts import Names, block, comment, quoted, template

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from .actions import Argument, Rewritten


class Variables:
    """The variables of a template, and what refers to them.

    Args:
        texts: Values by name, as written; None has to be set.
        sensitive: Names of those whose value must not be shown.

    Attributes:
        notes: What a reader should look at.
    """

    def __init__(self, texts: Mapping[str, str | None], sensitive: Collection[str]) -> None:
        self.notes: list[str] = []
        self._texts = texts
        self._sensitive = sensitive
        self._names = Names()
        self._env: dict[str, str] = {}
        self._secrets: dict[tuple[str, str | None], str] = {}
        self._undeclared: dict[str, str] = {}
        self._timestamp = ""
        self._rewriter = for_variables(self.user, self.timestamp, self._variable_of, self._secret)
        self._defaults = Rewriter({"env": _env_call}, None, frozenset())
        self._new_names = {name: self._names.take(name) for name in texts}
        self._is_local = {name: not self._can_be_set(text) for name, text in texts.items()}
        # Whatever variables refer to is known before anything is written.
        self._locals = {
            name: self._rewriter.rewrite(texts[name] or "")
            for name, is_local in self._is_local.items()
            if is_local
        }
        self.options = for_options(self.user, self.timestamp)
        self.steps = for_steps(self.user, self.timestamp)

    @property
    def plugins(self) -> set[str]:
        """Plugins that are needed to work out variables."""
        return {"amazon"} if self._secrets else set()

    def user(self, name: str) -> str:
        """What ``{{user}}`` is in HCL2; a variable that nobody declares is empty there."""
        if name in self._new_names:
            kind = "local" if self._is_local[name] else "var"
            return f"{kind}.{self._new_names[name]}"
        if name not in self._undeclared:
            self._undeclared[name] = self._names.take(name)
        return f"var.{self._undeclared[name]}"

    def timestamp(self) -> str:
        """What ``{{timestamp}}`` is in HCL2."""
        self._timestamp = self._timestamp or self._names.take("timestamp")
        return f"local.{self._timestamp}"

    def variable_blocks(self) -> list[str]:
        """Every ``variable`` block; everything else has to be written by then."""
        lines: list[str] = []
        for name, text in self._texts.items():
            if not self._is_local[name]:
                lines += [*self._variable(name, text), ""]
        for name, new in self._env.items():
            default = [f"default = env({quoted(name)})"]
            lines += [*block(f"variable {quoted(new)}", ["type = string", *default]), ""]
        for name, new in self._undeclared.items():
            lines += comment(f"{name} is used and was not declared: it was empty, and still is.")
            lines += block(f"variable {quoted(new)}", ["type = string", 'default = ""'])
            lines += [""]
        return lines

    def data_blocks(self) -> list[str]:
        """Every ``data`` block that gives a secret."""
        lines: list[str] = []
        for (name, key), label in self._secrets.items():
            options = [f"name = {quoted(name)}"] + ([f"key = {quoted(key)}"] if key else [])
            lines += [*block(f'data "amazon-secretsmanager" "{label}"', options), ""]
        return lines

    def local_blocks(self) -> list[str]:
        """Every local."""
        shown: list[str] = []
        lines: list[str] = []
        if self._timestamp:
            shown += comment("Digits, as in 20300131120000; in JSON it was seconds since 1970.")
            shown += [f"{self._timestamp} = {TIMESTAMP}"]
        for name, rewritten in self._locals.items():
            new, value = self._new_names[name], template(rewritten.parts)
            remarks = [*self._renaming(name), *self._remarks(name, rewritten)]
            if name in self._sensitive:
                head = f"local {quoted(new)}"
                lines += [*remarks, *block(head, [f"expression = {value}", "sensitive = true"]), ""]
            else:
                shown += [*remarks, f"{new} = {value}"]
        return [*block("locals", shown), "", *lines] if shown else lines

    def _can_be_set(self, text: str | None) -> bool:
        return not self._defaults.rewrite(text or "").late

    def _variable(self, name: str, text: str | None) -> list[str]:
        options = ["type = string"]
        if text is not None:
            options += [f"default = {template(self._defaults.rewrite(text).parts)}"]
        if name in self._sensitive:
            options += ["sensitive = true"]
        return [*self._renaming(name), *block(f"variable {quoted(self._new_names[name])}", options)]

    def _renaming(self, name: str) -> list[str]:
        new = self._new_names[name]
        if new == name:
            return []
        self.notes.append(f'variable "{name}" is called {new} now: HCL2 takes no such name')
        return comment(f'This was the variable "{name}", which is no name in HCL2.')

    def _remarks(self, name: str, rewritten: Rewritten) -> list[str]:
        lines = comment("This was a variable; a local cannot be set with -var.")
        if rewritten.left:
            actions = " ".join(rewritten.left)
            self.notes.append(f'variable "{name}": HCL2 has no words for {actions}')
            lines += comment(f"There are no words in HCL2 for {actions}")
        elif rewritten.late:
            lines += comment("Plugins fill in what is left of {{ … }}.")
        return lines

    def _variable_of(self, name: str) -> str:
        if name not in self._env:
            self._env[name] = self._names.take(f"env_{name}")
        return f"var.{self._env[name]}"

    def _secret(self, name: str, key: str | None) -> str:
        label = self._secrets.setdefault((name, key), f"autogenerated_{len(self._secrets) + 1}")
        return f"data.amazon-secretsmanager.{label}.value"


def _env_call(arguments: Sequence[Argument]) -> str | None:
    if len(arguments) == 1 and isinstance(arguments[0].literal, str):
        return f"env({arguments[0].text})"
    return None
