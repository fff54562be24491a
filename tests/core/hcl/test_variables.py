from __future__ import annotations

import pytest

from helpers.hcl import body_of, parsed
from packer_core.hcl.variables import variables_of


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("var.a", ["var.a"]),
        ('local.x["k"].y[0] + 1', ["local.x.k.y[0]"]),
        ('local["a b"]', ['local["a b"]']),
        ("data.t.n.list[*].id", ["data.t.n.list"]),
        ("a[b.c].d", ["a", "b.c"]),
        ('"${var.a}-${upper(var.b)}"', ["var.a", "var.b"]),
        ("[for x in var.l : x.y + z]", ["var.l", "z"]),
        ("{for k, v in m : k => v if k != n}", ["m", "n"]),
        ('"%{ for x in l }${x}${y}%{ endfor }"', ["l", "y"]),
        ('"%{ if c }${t}%{ else }${e}%{ endif }"', ["c", "t", "e"]),
        ("{a = b, (c) = d}", ["b", "c", "d"]),
        ("f(x...)[y]", ["x", "y"]),
        ("a ? b : -c", ["a", "b", "c"]),
        ("1", []),
    ],
)
def test_references_are_listed_as_they_stand(text: str, references: list[str]) -> None:
    assert [str(reference) for reference in variables_of(parsed(text))] == references


def test_a_body_refers_to_what_is_in_its_blocks() -> None:
    body = body_of("a = var.x\nb {\n  c = local.y\n}\n")
    assert [reference.path for reference in variables_of(body)] == [("var", "x"), ("local", "y")]


def test_a_reference_knows_where_it_stands() -> None:
    (reference,) = variables_of(parsed("1 + var.size"))
    assert (reference.root, reference.span.text) == ("var", "var.size")
