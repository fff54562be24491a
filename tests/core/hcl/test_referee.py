"""What may be written is what HashiCorp's HCL takes, and mistakes are on the lines it names.

Every run asks about a slice; ``nox -s referee`` about twenty thousand texts of each kind.
"""

from __future__ import annotations

import os
from random import Random
from typing import TYPE_CHECKING

import pytest

from helpers.hcl_texts import expressions, mutants, templates
from helpers.referee import Referee, differences, our_verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = int(os.environ.get("REFEREE_TEXTS", "1500"))
SEED = int(os.environ.get("REFEREE_SEED", "20261122"))

ACCEPTED = {
    "empty": "",
    "comments": "# a\n// b\n/* c\nd */\n",
    "comment at the end": "a = 1 # b",
    "byte order mark": "\ufeffa = 1\n",
    "carriage returns": "a = 1\r\nb {\r\n  c = 2\r\n}\r\n",
    "unicode names": "größe = 1\nb_é-x = größe\n",
    "numbers": "a = [0, 1.5, 1e3, 2.5E-10, 007, 12345678901234567890123]\n",
    "number with nothing behind its point": "a = 1.e3\n",
    "strings": 'a = "\\n\\r\\t\\"\\\\\\u00e9\\U0001f4e6"\n',
    "dollars": 'a = "$ $$ 100% %% $5 $"\n',
    "escaped sequences": 'a = "$${x} %%{y}"\n',
    "interpolation": 'a = "x${y}z${"in ${deep}"}"\n',
    "trimmed": 'a = "x ${~ y ~} z"\n',
    "directives": 'a = "%{if x}a%{else}b%{endif}%{for k, v in m}${k}%{endfor}"\n',
    "heredoc": "a = <<EOT\nx ${y}\nEOT\n",
    "flush heredoc": "a = <<-EOT\n    x\n  EOT\n",
    "heredoc in a list": 'a = [<<A\nx\nA\n, <<B\ny\nB\n, "z"]\n',
    "heredoc in a call": "a = f(<<A\nx\nA\n)\n",
    "list over lines": "a = [\n  1,\n  2, # two\n]\n",
    "object over lines": 'a = {\n  b = 1\n  c : 2,\n  "d e" = 3\n  (f) = 4\n}\n',
    "empty collections": "a = []\nb = {}\n",
    "operators": "a = !b && -c + 2 * 3 % 4 / 5 >= 6 || d == e != f\n",
    "operators over lines in parentheses": "a = (1 +\n  2)\n",
    "conditional": "a = b ? c : d ? e : f\n",
    "calls": "a = f()\nb = f(1, g(2)...,)\n".replace("...,)", "...)"),
    "trailing comma of a call": "a = f(1,)\n",
    "names of functions with colons": "a = core::upper(x)\n",
    "for list": "a = [for v in b : v if v != 1]\n",
    "for object": "a = {for k, v in b : k => v...}\n",
    "for over lines": "a = {\n  for k, v in b :\n  k => v\n}\n",
    "steps": 'a = b.c[0].d["e"].0.f\n',
    "splats": "a = b.*.c\nd = e[*].f[0]\ng = h[*][*].i\n",
    "blocks": 'a {}\nb "c" {}\nd e "f" {\n  g {\n  }\n}\nh { i = 1 }\n',
    "same block twice": "a {}\na {}\n",
    "tabs": "a\t=\t1\n",
    "true called": "a = true(1)\n",
    "key true": "a = {true = 1, null = 2}\n",
}
REFUSED = {
    "two arguments on a line": "a = 1 b = 2\n",
    "argument twice": "a = 1\na = 2\n",
    "newline in a string": 'a = "x\ny"\n',
    "unknown escape": 'a = "\\q"\n',
    "short unicode escape": 'a = "\\u12"\n',
    "half of a pair": 'a = "\\ud800"\n',
    "mistake in a heredoc": "a = <<E\n${1 +}\nE\n",
    "heredoc ended by the file": "a = <<E\nx\nE",
    "heredoc never ended": "a = <<E\nx\n",
    "operator on the next line": "a = 1\n  + 2\n",
    "two points in a number": "a = 1.2.3\n",
    "point behind an exponent": "a = 1e31.5\n",
    "two old indexes": "a = b.0.1\n",
    "colons without a call": "a = b::c\n",
    "comma behind an argument": "a = 1,\n",
    "quoted argument": '"a" = 1\n',
    "block without brace": 'a "b"\n',
    "brace on the next line": "a\n{\n}\n",
    "two arguments in one line of a block": "a { b = 1, c = 2 }\n",
    "block in a line of a block": "a { b {} }\n",
    "block never closed": "a {\n",
    "block closed twice": "a {\n}\n}\n",
    "template in a label": 'a "${b}" {}\n',
    "list without commas": "a = [1 2]\n",
    "list never closed": "a = [1,\n",
    "object without commas": "a = {b = 1 c = 2}\n",
    "object never closed": "a = {b = 1\n",
    "comma first": "a = [,]\n",
    "call never closed": "a = f(1\n",
    "dots in the middle": "a = f(b..., c)\n",
    "conditional without else": "a = b ? c\n",
    "for without in": "a = [for v b : v]\n",
    "for object without key": "a = {for v in b : v}\n",
    "for list with key": "a = [for k, v in b : k => v]\n",
    "grouped list": "a = [for v in b : v...]\n",
    "if never ended": 'a = "%{if x}b"\n',
    "endif alone": 'a = "%{endif}"\n',
    "else twice": 'a = "%{if x}%{else}%{else}%{endif}"\n',
    "unknown directive": 'a = "%{while x}%{endwhile}"\n',
    "interpolation never closed": 'a = "${b"\n',
    "shell in a string": 'a = "${b:-c}"\n',
    "single quotes": "a = 'b'\n",
    "semicolon": "a = 1; b = 2\n",
    "bitwise": "a = b & c\n",
    "splat in a splat": "a = b.*.c.*\n",
    "star index with more": "a = b[*1]\n",
    "number as a name": "1 = 2\n",
    "value missing": "a =\n",
    "control character": "a = 1\x01\n",
    "carriage return alone": "a = 1\rb = 2\n",
    "bad character": "a = 1 ²\n",
}


@pytest.fixture(scope="module")
def referee() -> Iterator[Referee]:
    pytest.importorskip("pygohcl", reason="has no wheel for this Python")
    with Referee() as referee:
        yield referee


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_what_may_be_written_is_read(text: str) -> None:
    assert our_verdict(text).words == ""


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_may_not_be_written_is_refused(text: str) -> None:
    assert not our_verdict(text).accepts


def test_every_feature_is_judged_as_go_does(referee: Referee) -> None:
    texts = [*ACCEPTED.values(), *REFUSED.values()]
    assert [verdict.accepts for verdict in referee.judge(texts)] == [
        *(True for _ in ACCEPTED),
        *(False for _ in REFUSED),
    ]
    assert differences(referee, texts) == []


def test_every_template_of_the_corpus_is_judged_as_go_does(referee: Referee) -> None:
    assert differences(referee, templates()) == []


def test_mutants_are_judged_as_go_does(referee: Referee) -> None:
    found = differences(referee, mutants(TEXTS, Random(SEED)))
    assert [str(one) for one in found if not one.reason] == []


def test_random_expressions_are_judged_as_go_does(referee: Referee) -> None:
    found = differences(referee, expressions(TEXTS, Random(SEED)))
    assert [str(one) for one in found if not one.reason] == []
