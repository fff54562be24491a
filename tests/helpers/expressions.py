"""Expressions by chance, for comparing their values with those of HashiCorp's libraries."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

from packer_core.hcl.evaluate import evaluate
from packer_core.hcl.findings import Findings
from packer_core.hcl.functions.table import Library, Surroundings
from packer_core.hcl.parser import parse_expression
from packer_core.hcl.scope import Scope
from packer_core.hcl.values import is_wholly_known, settled, unknown
from packer_sdk.cty import json as cty_json
from packer_sdk.cty.types import from_tree

if TYPE_CHECKING:
    from packer_sdk.cty.values import Value

VARIABLES: dict[str, dict[str, object]] = {
    "s": {"value": "hello world", "type": "string"},
    "e": {"value": "", "type": "string"},
    "u": {"value": "Grüße, 日本 e\u0301!", "type": "string"},
    "n": {"value": 42, "type": "number"},
    "f": {"value": 2.75, "type": "number"},
    "neg": {"value": -7, "type": "number"},
    "b": {"value": True, "type": "bool"},
    "nul": {"value": None, "type": "string"},
    "l": {"value": ["b", "a", "c", "a"], "type": ["list", "string"]},
    "ln": {"value": [3, 1, 2], "type": ["list", "number"]},
    "el": {"value": [], "type": ["list", "string"]},
    "st": {"value": ["x", "y"], "type": ["set", "string"]},
    "m": {"value": {"k": "v", "a": "1"}, "type": ["map", "string"]},
    "o": {
        "value": {"name": "disk", "size": 10, "tags": ["t1", "t2"]},
        "type": ["object", {"name": "string", "size": "number", "tags": ["list", "string"]}],
    },
    "t": {"value": ["q", 5, True], "type": ["tuple", ["string", "number", "bool"]]},
    "lo": {
        "value": [{"id": 1, "v": "p"}, {"id": 2, "v": None}],
        "type": ["list", ["object", {"id": "number", "v": "string"}]],
    },
    "us": {"unknown": True, "type": "string"},
    "un": {"unknown": True, "type": "number"},
    "ul": {"unknown": True, "type": ["list", "string"]},
}


def scope() -> Scope:
    """The same variables for our side."""
    found: dict[str, Value] = {}
    for name, given in VARIABLES.items():
        if given.get("unknown"):
            found[name] = unknown(from_tree(given["type"]))
        else:
            data = json.dumps({"value": given["value"], "type": given["type"]}).encode()
            found[name] = settled(cty_json.decode(data))
    return Scope(found, Library(Surroundings()))


def answer(expression: str, known: Scope) -> dict[str, object]:
    """What our evaluation says, in the form of the judge."""
    node, problems = parse_expression(expression)
    if node is None:
        return {"error": "syntax: " + "; ".join(map(str, problems))}
    findings = Findings()
    value = evaluate(node, known, findings)
    if findings.errors:
        return {"error": "; ".join(one.summary for one in findings.diagnostics)}
    type_ = json.loads(cty_json.encode_type(value.type))
    if not is_wholly_known(value):
        return {"type": type_, "unknown": True}
    return {"type": type_, "value": cty_json.encode_plain(value).decode()}


class Generator:
    """Makes expressions that mostly mean something.

    Args:
        seed: The same one makes the same expressions.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def expression(self, depth: int = 3) -> str:
        """Make an expression of whatever type."""
        return self.of(self._random.choice("snblmoa"), depth)

    def of(self, kind: str, depth: int) -> str:
        """Make one that should be text, a number, a truth value, a list, a map or anything."""
        if kind == "a":
            kind = self._random.choice("ssnnblmo")
        if self._random.random() < 0.03:
            kind = self._random.choice("snblmo")
        if depth <= 0 or self._random.random() < 0.15:
            return self._random.choice(_LEAVES[kind])
        form = self._random.choice(_FORMS[kind] + _COMMON)
        return self._filled(form, depth - 1)

    def _filled(self, form: str, depth: int) -> str:
        written: list[str] = []
        at = 0
        while (start := form.find("«", at)) >= 0:
            end = form.index("»", start)
            written += [form[at:start], self.of(form[start + 1 : end], depth)]
            at = end + 1
        return "".join([*written, form[at:]])


_LEAVES = {
    "s": [
        "s", "e", "u", "nul", "us", '"a"', '"a b"', '"a,b,c"', '"12"', '"-1.50"', '"true"', '"k"',
        '"10.0.0.0/16"', '"2006-01-02T15:04:05Z"', '"%s-%d"', '"[a-z]+"', '"line\\nbreak\\n"',
        '"\\u00e9clair"', '"<&>"', '"x${n}y"', '"$${a}"', "o.name", "m.k", 'm["a"]', "l[0]", "t[0]",
    ],
    "n": [
        "n", "f", "neg", "un", "0", "1", "2", "3", "10", "-1", "0.1", "0.25", "1e3", "1.5e-3",
        "12345678901234567890", "3.14159", "100", "ln[1]", "o.size", "t[1]", "7",
    ],
    "b": ["true", "false", "b", "t[2]", "!b"],
    "l": [
        "l", "ln", "el", "st", "t", "ul", "[]", '["a", "b"]', "[1, 2, 3]", '["z", 1, true]',
        "[[1, 2], [3]]", "o.tags", "lo", "[null]", '["", "x"]', "lo[*].id", "lo.*.v",
    ],
    "m": ["m", "o", "{}", "{a = 1}", '{k = "w", z = "y"}', "{a = 1, b = true}", '{"x y" = [1]}'],
    "o": ["null", "lo", "o", "m", "us"],
}  # fmt: skip

_COMMON = [
    "(«a»)", "«b» ? «a» : «a»", "try(«a», «a»)", "can(«a»)", "convert(«a», string)",
    "convert(«l», list(any))", "convert(«l», set(string))", "convert(«a», number)",
    "element(«l», «n»)", "«l»[«n»]", "lookup(«m», «s», «a»)", "jsondecode(jsonencode(«a»))",
    "coalesce(«a», «a»)", "«m»[«s»]", "yamldecode(yamlencode(«a»))",
]  # fmt: skip

_FORMS = {
    "s": [
        "upper(«s»)", "lower(«s»)", "title(«s»)", "trimspace(«s»)", "chomp(«s»)", "strrev(«s»)",
        "trim(«s», «s»)", "trimprefix(«s», «s»)", "trimsuffix(«s», «s»)", "join(«s», «l»)",
        'join(",", «l»)', "replace(«s», «s», «s»)", "substr(«s», «n», «n»)", "indent(2, «s»)",
        "format(«s», «a»)", 'format("%s=%v", «s», «a»)', 'format("%05d|%x|%.2f", «n», «n», «n»)',
        'format("%q %t", «s», «b»)', 'format("%-8s|%8s", «s», «s»)', 'format("%#v", «a»)',
        'format("%e %g %08.3f %+d", «n», «n», «n», «n»)', 'format("%[2]v %[1]v", «a», «a»)',
        "jsonencode(«a»)", "base64encode(«s»)", "base64decode(base64encode(«s»))", "md5(«s»)",
        "sha1(«s»)", "sha256(«s»)", "sha512(«s»)", "urlencode(«s»)", '"${«a»}"', '"<${«s»}>"',
        '"%{ if «b» }${«s»}%{ else }-%{ endif }"', '"%{ for x in «l» }[${x}]%{ endfor }"',
        '"%{~ for k, v in «m» ~} ${k} = ${jsonencode(v)} %{~ endfor ~}"', "yamlencode(«a»)",
        'regex("[a-z]+", «s»)', 'regex_replace(«s», "([a-z])([a-z])", "$2$1")',
        'regex_replace(«s», "[aeiou]", "")', 'formatdate("YYYY-MM-DD hh:mm:ssZ", «s»)',
        'formatdate("EEE, DD MMM YY HH:mm AA ZZZ", "2006-01-02T15:04:05+01:30")',
        'timeadd("2006-01-02T15:04:05Z", "36h5m1.5s")', "timeadd(«s», «s»)", "basename(«s»)",
        "dirname(«s»)", 'dirname("/a/b/../c.txt")', 'basename("/a/b/")', 'uuidv5("dns", «s»)',
        "cidrhost(«s», «n»)", 'cidrhost("10.1.0.0/16", «n»)', 'cidrnetmask("10.0.0.0/12")',
        'cidrsubnet("10.0.0.0/8", «n», «n»)', 'cidrsubnet("fd00::/48", 16, «n»)',
        "«m».k", "«l»[0]", "values(«m»)[0]", "keys(«m»)[0]", "base64decode(«s»)",
    ],
    "n": [
        "«n» + «n»", "«n» - «n»", "«n» * «n»", "«n» / «n»", "«n» % «n»", "-«n»", "abs(«n»)",
        "ceil(«n»)", "floor(«n»)", "max(«n», «n»)", "min(«n», «n», «n»)", "signum(«n»)",
        "length(«l»)", "length(«m»)", "parseint(«s», «n»)", 'parseint("ff", 16)', "pow(«n», 2)",
        "log(«n», «n»)", "max(ln...)", "ln[«n»]", "«m».a", "«n» + «s»",
    ],
    "b": [
        "«n» < «n»", "«n» >= «n»", "«a» == «a»", "«a» != «a»", "«s» == «s»", "«b» && «b»",
        "«b» || «b»", "!«b»", "contains(«l», «a»)", "«n» > «s»", "«l» == «l»", "«m» == «m»",
        "can(«s»)",
    ],
    "l": [
        "[«a», «a»]", "concat(«l», «l»)", "flatten(«l»)", "distinct(«l»)", "reverse(«l»)",
        "sort(«l»)", "compact(«l»)", "slice(«l», «n», «n»)", "slice(«l», 0, 1)", "keys(«m»)",
        "values(«m»)", "[for x in «l» : x]", "[for i, x in «l» : i]", "[for x in «l» : upper(x)]",
        "[for k, v in «m» : k if v != null]", "[for x in «l» : x if x != «s»]", "chunklist(«l», 2)",
        "setunion(«l», «l»)", "setintersection(«l», «l»)", "setproduct(«l», «l»)", "range(«n»)",
        "range(«n», «n»)", "range(0, 1, 0.25)", "split(«s», «s»)", 'split(",", «s»)',
        'regexall("[a-z]+", «s»)', 'regexall("(?P<x>[a-z])(?P<y>[0-9])?", «s»)',
        'regex("(\\\\w+) (\\\\w+)", «s»)', 'formatlist("%s!", «l»)',
        'formatlist("%v-%v", «l», «a»)',
        "«l»[*]", "«m»[*]", "«a»[*]", "coalescelist(«l», «l»)", "lo[*].v", "«b» ? «l» : «l»",
        'cidrsubnets("10.0.0.0/16", 4, 8, «n»)', 'csvdecode("a,b\\n1,2\\n3,\\"x,y\\"\\n")',
        "concat(l, ln)", "flatten([«l», «l»])",
    ],
    "m": [
        "{a = «a», b = «a»}", "{(«s») = «a»}", "merge(«m», «m»)", "{for k, v in «m» : k => v}",
        "{for x in «l» : x => x...}", "{for i, x in «l» : i => x}", "zipmap(«l», «l»)",
        'zipmap(["a", "b"], [«a», «a»])', "«b» ? «m» : «m»", "convert(«m», map(any))",
        "convert(«m», map(string))", "convert(«m», object({a = number}))",
        "{for k, v in «m» : upper(k) => v if k != «s»}",
    ],
    "o": ["«m»", "«l»", "{v = [«a»]}.v", "[«a»][0]"],
}  # fmt: skip
