"""Serve components: the second of the two modules a plugin needs.

A plugin with entry points has one line of main, ``plugin.main("packer-plugin-note")``; a script
of one's own calls `register_builder` or one of its sisters, which serves until core is done. What
`packer plugins install` writes calls `start`.
"""

from __future__ import annotations

import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

    from .components import Builder, Datasource, PostProcessor, Provisioner

DEFAULT_NAME = "-packer-default-plugin-name-"
"""Stands for the component that is called like its plugin (protocol section 1.2)."""

PROTOBUF_FLAG = "--protobuf"
"""Given anywhere on the command line: schemas in protobuf instead of gob."""

KINDS = ("builder", "provisioner", "post-processor", "datasource")


def register_builder(builder: type[Builder[Any]]) -> NoReturn:
    """Serve a builder until core is done; then the process ends."""
    _serve_class("builder", builder)


def register_provisioner(provisioner: type[Provisioner[Any]]) -> NoReturn:
    """Serve a provisioner until core is done; then the process ends."""
    _serve_class("provisioner", provisioner)


def register_post_processor(post_processor: type[PostProcessor[Any]]) -> NoReturn:
    """Serve a post-processor until core is done; then the process ends."""
    _serve_class("post-processor", post_processor)


def register_datasource(datasource: type[Datasource[Any, Any]]) -> NoReturn:
    """Serve a data source until core is done; then the process ends."""
    _serve_class("datasource", datasource)


def start(kind: str, name: str, reference: str, argv: Sequence[str] | None = None) -> int:
    """Serve one component that is named rather than imported.

    Args:
        kind: ``builder``, ``provisioner``, ``post-processor`` or ``datasource``.
        name: The component's name, for messages.
        reference: ``module:Class``; imported when prints of it can do no harm any more.
        argv: Searched for ``--protobuf``; by default the command line.

    Returns:
        An exit status if the component cannot be served; otherwise the process ends in here.
    """
    # Imports make nothing but objects that stay; looking for garbage among them costs a tenth of
    # the start. The server turns it on again when everything is loaded.
    gc.disable()
    from .server import serve  # noqa: PLC0415 - `describe` needs none of it

    words = sys.argv[1:] if argv is None else argv
    return serve(kind, lambda: _load(kind, name, reference), protobuf=PROTOBUF_FLAG in words)


def main(distribution: str, argv: Sequence[str] | None = None) -> int:
    """The whole main of a plugin: obey ``describe`` and ``start KIND [--protobuf] NAME``.

    Args:
        distribution: The plugin's name as a package: ``packer-plugin-note``.
        argv: Words of the command line, without the program.

    Returns:
        Exit status.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    command = [word for word in words if word != PROTOBUF_FLAG]
    try:
        if command == ["describe"]:
            return _describe(distribution)
        if len(command) == 3 and command[0] == "start":
            return _start_named(distribution, command[1], command[2], words)
    except LookupError as error:
        return _fail(str(error.args[0]))
    if not command:
        return _fail(_BY_HAND.format(distribution=distribution))
    return _fail(f"unknown command: {' '.join(words)}", "use `describe` or `start KIND NAME`")


_BY_HAND = """\
{distribution} is a plugin of packer: packer starts it when a template needs it

hint: install it with `packer plugins install {distribution}`, then run `packer build TEMPLATE`"""


def _serve_class(kind: str, component_class: type) -> NoReturn:
    from .server import serve  # noqa: PLC0415 - as in start

    sys.exit(serve(kind, lambda: component_class, protobuf=PROTOBUF_FLAG in sys.argv))


def _describe(distribution: str) -> int:
    from .describe import describe  # noqa: PLC0415 - slow imports, and `start` needs none of it

    sys.stdout.write(describe(distribution) + "\n")
    return 0


def _start_named(distribution: str, kind: str, name: str, words: Sequence[str]) -> int:
    from .manifest import components_of  # noqa: PLC0415 - the other doors need none of it

    if kind not in KINDS:
        return _fail(f"no such kind of component: {kind}", f"one of {', '.join(KINDS)}")
    components = components_of(distribution)
    for full_name in _full_names(distribution, name):
        if reference := components.get((kind, full_name)):
            return start(kind, full_name, reference, words)
    known = ", ".join(sorted(known for of, known in components if of == kind)) or "none"
    return _fail(f"no such {kind} in {distribution}: {name}", f"it has: {known}")


def _full_names(distribution: str, name: str) -> tuple[str, ...]:
    """What a name on the command line may mean: Packer leaves the plugin's own name out."""
    plugin = plugin_name(distribution)
    return (plugin,) if name == DEFAULT_NAME else (f"{plugin}-{name}", name)


def plugin_name(distribution: str) -> str:
    """``packer-plugin-note`` is the plugin ``note``."""
    return distribution.removeprefix("packer-plugin-")


def _load(kind: str, name: str, reference: str) -> object:
    from importlib import import_module  # noqa: PLC0415 - `describe` needs none of it

    from .errors import ComponentError  # noqa: PLC0415 - as above

    module, _, path = reference.partition(":")
    found: object = import_module(module)
    for part in path.split("."):
        if not hasattr(found, part):
            raise ComponentError(
                f"{kind} {name} is not where its entry point says: {reference}",
                hint=f"module {module} has no {path}",
            )
        found = getattr(found, part)
    return found


def _fail(message: str, hint: str | None = None) -> int:
    sys.stderr.write(f"{message}\n" + (f"\nhint: {hint}\n" if hint else ""))
    return 1
