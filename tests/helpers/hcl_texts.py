"""HCL that nobody wrote: mutants of templates, and expressions put together at random.

Everything comes from a `random.Random`, so a seed tells which text it was.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

TEMPLATES = Path(__file__).parents[1] / "data" / "hcl"

PIECES: tuple[str, ...] = (
    *'{}[]()"=:,.?!*/%+-<>&|~#\n ',
    *("==", "!=", ">=", "<=", "&&", "||", "=>", "...", "::", "${", "%{", "~}", "${~", "$${"),
    *("for", "in", "if", "true", "null", "a", "b.c", "x-y", "é", "0", "1.5", "1e3", "a.0.1"),
    *('"s"', '"${a}"', '"%{if a}b%{endif}"', "\\n", "\\q", "\\u00e9", "\r\n", "\t", "// c\n"),
    *("/* c */", "<<E\nx\nE\n", "<<-E\n  x\n  E\n", "<<E", "EOT\n", "a = 1\n", "b {}\n", "'", ";"),
)


def templates() -> list[str]:
    """Return the text of every template of the corpus in native syntax."""
    return [path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.rglob("*.hcl"))]


def mutant(text: str, random: Random) -> str:
    """Return a text with one to three things changed in it."""
    text = _window(text, random)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        text = random.choice(_CHANGES)(text, random)
    return text


def _window(text: str, random: Random) -> str:
    """Take up to forty lines: a mutant is as telling when it is short, and read sooner."""
    lines = text.splitlines(keepends=True)
    if len(lines) <= 40 or random.random() < 0.1:
        return text
    start = random.randrange(len(lines) - 20)
    return "".join(lines[start : start + random.randint(5, 40)])


def _delete(text: str, random: Random) -> str:
    start = random.randrange(len(text) + 1)
    return text[:start] + text[start + random.choice((1, 1, 1, 2, 5, 12)) :]


def _insert(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(PIECES) + text[at:]


def _replace(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(PIECES) + text[at + 1 :]


def _splice(text: str, random: Random) -> str:
    a, b = sorted((random.randrange(len(text) + 1), random.randrange(len(text) + 1)))
    at = random.randrange(len(text) + 1)
    return text[:at] + text[a : min(b, a + 60)] + text[at:]


def _join(text: str, random: Random) -> str:
    breaks = [index for index, character in enumerate(text) if character == "\n"]
    if not breaks:
        return text
    at = random.choice(breaks)
    return text[:at] + text[at + 1 :]


def _swap_lines(text: str, random: Random) -> str:
    lines = text.splitlines(keepends=True)
    if len(lines) < 2:
        return text
    at = random.randrange(len(lines) - 1)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return "".join(lines)


_CHANGES: tuple[Callable[[str, Random], str], ...] = (
    _delete,
    _insert,
    _insert,
    _replace,
    _splice,
    _join,
    _swap_lines,
)


def mutants(count: int, random: Random) -> Iterator[str]:
    """Return mutants of the corpus."""
    originals = templates()
    for _ in range(count):
        yield mutant(random.choice(originals), random)


NAMES: tuple[str, ...] = (
    "a",
    "b",
    "var.x",
    "local.y",
    "each",
    "true",
    "null",
    "x-y",
    "_z",
    "für",
    "data.a.b.c",
)


def expression(random: Random, depth: int = 4) -> str:
    """Return an expression; most are right, some have one thing wrong."""
    text = _expression(random, depth)
    return _replace(text, random) if random.random() < 0.2 else text


def _expression(random: Random, depth: int) -> str:
    if depth <= 0:
        return random.choice(_LEAVES)(random)
    return random.choice(_BRANCHES)(random, depth - 1)


def _number(random: Random) -> str:
    numbers = ("0", "1", "42", "007", "3.25", "1e3", "1E-2", "2.5e+10", "12345678901234567890")
    return random.choice(numbers)


def _string(random: Random) -> str:
    texts = ("", "abc", "a b", "\\n", "\\u00e9", "\\\\", '\\"', "$${x}", "%%{x}", "100%", "$", "ü")
    return '"' + random.choice(texts) + '"'


def _name(random: Random) -> str:
    return random.choice(NAMES)


_LEAVES: tuple[Callable[[Random], str], ...] = (_number, _string, _name, _name)


def _binary(random: Random, depth: int) -> str:
    operators = ("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||")
    blank = random.choice(("", " ", "\n"))
    left, right = _expression(random, depth), _expression(random, depth)
    return f"{left}{blank}{random.choice(operators)} {right}"


def _unary(random: Random, depth: int) -> str:
    return random.choice("-!") + _expression(random, depth)


def _parentheses(random: Random, depth: int) -> str:
    return f"({random.choice(('', chr(10)))}{_expression(random, depth)})"


def _conditional(random: Random, depth: int) -> str:
    one, two, three = (_expression(random, depth) for _ in range(3))
    return f"{one} ? {two} : {three}"


def _call(random: Random, depth: int) -> str:
    arguments = ", ".join(_expression(random, depth) for _ in range(random.randrange(4)))
    end = random.choice(("", "", "", "...", ",")) if arguments else ""
    return f"{random.choice(('upper', 'max', 'a::b', 'f'))}({arguments}{end})"


def _list(random: Random, depth: int) -> str:
    items = (random.choice((", ", ",\n")).join(_many(random, depth)),)
    return f"[{items[0]}{random.choice(('', '', ',')) if items[0] else ''}]"


def _many(random: Random, depth: int) -> list[str]:
    return [_expression(random, depth) for _ in range(random.randrange(4))]


def _object(random: Random, depth: int) -> str:
    keys = ("a", '"b c"', "(x)", "for_", "1", "true", "a.b", '"${k}"')
    separator = random.choice((", ", "\n", ",\n"))
    pairs = [
        f"{random.choice(keys)} {random.choice('=:')} {value}" for value in _many(random, depth)
    ]
    return "{" + separator.join(pairs) + "}"


def _for(random: Random, depth: int) -> str:
    names = random.choice(("v", "k, v"))
    source, value = _expression(random, depth), _expression(random, depth)
    condition = f" if {_expression(random, 0)}" if random.random() < 0.3 else ""
    if random.random() < 0.5:
        return f"[for {names} in {source} : {value}{condition}]"
    dots = random.choice(("", "", "..."))
    return f"{{for {names} in {source} : {_expression(random, 0)} => {value}{dots}{condition}}}"


def _access(random: Random, depth: int) -> str:
    steps = (".a", "[0]", '["k"]', ".0", "[*]", ".*", "[a]", ".b.c", "[1 + 1]", ".*.a.0", "[-1]")
    chosen = "".join(random.choice(steps) for _ in range(random.randint(1, 3)))
    subject = random.choice((_name, _name, _string))(random) if depth < 2 else "(a)"
    return subject + chosen


def _template(random: Random, depth: int) -> str:
    inner = _expression(random, min(depth, 2))
    shapes = (
        '"{0}"',
        '"a {0} b"',
        '"%{{if {1}}}x%{{else}}{0}%{{endif}}"',
        '"%{{for v in {1}}}{0}%{{endfor}}"',
        '"a ${{~ {1} ~}} b"',
        "<<E\nline {0}\n  more\nE\n",
        "<<-E\n    line {0}\n\n      ${{ {1} }}\n    %{{ if {1} ~}}\n x\n %{{~ endif }}\n  E\n",
    )
    return random.choice(shapes).format("${" + inner + "}", inner)


_BRANCHES: tuple[Callable[[Random, int], str], ...] = (
    _binary,
    _binary,
    _unary,
    _parentheses,
    _conditional,
    _call,
    _list,
    _object,
    _for,
    _access,
    _access,
    _template,
    _template,
)


def expressions(count: int, random: Random) -> Iterator[str]:
    """Return arguments with a random value each, as files."""
    for _ in range(count):
        yield f"a = {expression(random, random.randint(1, 4))}\n"
