"""What a template consists of. Frozen values; the renderer walks over them."""

from __future__ import annotations

from packer_sdk.records import record


@record
class Literal:
    """A string, number, boolean or ``nil``."""

    value: object
    offset: int


@record
class Dot:
    """The value ``.``."""

    offset: int


@record
class Variable:
    """``$name``; ``$`` alone is the data the template was given."""

    name: str
    offset: int


@record
class Field:
    """``.A.B`` of another value."""

    of: Term
    names: tuple[str, ...]
    offset: int


@record
class Function:
    """A function; the arguments are those of the command it leads."""

    name: str
    offset: int


@record
class Command:
    """A term and what it is called with."""

    head: Term
    arguments: tuple[Term, ...]
    offset: int


@record
class Pipeline:
    """Commands, each given the result of the one before as its last argument.

    Attributes:
        commands: At least one.
        variables: Names that get the result: one, or in a range two.
        declares: Whether the names are new (``:=``) or known (``=``).
    """

    commands: tuple[Command, ...]
    variables: tuple[str, ...]
    declares: bool
    offset: int


Term = Literal | Dot | Variable | Field | Function | Pipeline


@record
class Text:
    """What is not a template."""

    value: str


@record
class Action:
    """``{{ … }}``: shown, unless it sets a variable."""

    pipeline: Pipeline


@record
class Branch:
    """``if``, ``with`` or ``range`` with its two bodies."""

    keyword: str
    pipeline: Pipeline
    body: Nodes
    otherwise: Nodes
    offset: int


@record
class Jump:
    """``break`` or ``continue``."""

    keyword: str


Node = Text | Action | Branch | Jump
Nodes = tuple[Node, ...]


@record
class Parsed:
    """A template, with the text that offsets are places in."""

    text: str
    nodes: Nodes
