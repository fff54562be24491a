"""What the judge in tests/peers/go/hcleval says of expressions, and where we differ and why."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from .expressions import VARIABLES, Generator, answer, scope

if TYPE_CHECKING:
    from collections.abc import Iterable

COUNT = 20_000
SEED = 20_061_012
RECORDED = 3_000
"""How many of them, the first ones, are in tests/data/hcl/expressions.jsonl."""

DATA = Path(__file__).parents[1] / "data/hcl"

Answer = dict[str, object]


def expressions(count: int = COUNT, seed: int = SEED) -> list[str]:
    """Those that somebody thought of, and so many by chance; always the same."""
    generator = Generator(seed)
    chosen = (DATA / "chosen.jsonl").read_text("utf-8").splitlines()
    found: dict[str, None] = dict.fromkeys(map(json.loads, chosen))
    count += len(found)
    while len(found) < count:
        found[generator.expression()] = None
    return list(found)


def ask(judge: Path, asked: Iterable[str]) -> list[Answer]:
    """Let the judge evaluate expressions."""
    questions = "".join(json.dumps({"expr": one, "vars": VARIABLES}) + "\n" for one in asked)
    done = subprocess.run([judge], input=questions.encode(), capture_output=True, check=True)
    lines = done.stdout.decode(errors="replace").split("\n")
    return [in_short(line) for line in lines if line]


def in_short(line: str) -> Answer:
    """An answer of the judge, with the value as text and nothing but the start of an error."""
    said: Answer = json.loads(line)
    if "error" in said:
        return {"error": " ".join(str(said["error"]).split())[:100]}
    if said.get("unknown"):
        return {"type": said["type"], "unknown": True}
    # The text of the value keeps every digit.
    return {"type": said["type"], "value": line[len('{"value":') : line.rindex(',"type":')]}


def agree(judged: Answer, ours: Answer) -> bool:
    """Whether both refuse, or give the same value of the same type, or do not know it yet."""
    if "error" in judged or "error" in ours:
        return ("error" in judged) == ("error" in ours)
    if judged.get("unknown") or ours.get("unknown"):
        both = bool(judged.get("unknown")) == bool(ours.get("unknown"))
        return both and judged["type"] == ours["type"]
    return judged["type"] == ours["type"] and _value(judged) == _value(ours)


def _value(answer: Answer) -> object:
    return json.loads(str(answer["value"]), parse_float=Decimal, parse_int=Decimal)


REASONS = {
    "infinite": "numbers are finite: a division by zero or the logarithm of zero is an error",
    "precision": (
        "Go calculates with 53 or 64 bits where a function gave a number; we always with 512"
    ),
    "logarithm": "Go's logarithm rounds its last digit in another way than the C library's",
    "null": "format gives text for a null of no type; Go's says that the text is not known yet",
    "crash": "the judge crashes, or `try` hides that it does",
    "refined": (
        "Go sometimes knows something about a value that is not known yet: that it is not null,"
        " how a text begins, how long a list is"
    ),
    "quirk": "YAML: `<<` may stand behind other keys, and infinity is refused",
    "prefix": "cidrsubnet refuses to make a network larger; Go's library makes wrong ones",
}
"""Why an answer may differ from the judge's."""


def reason(expression: str, judged: Answer, ours: Answer) -> str:  # noqa: PLR0911 - a case each
    """Which of the reasons it is; empty if it is none of them."""
    error = str(ours.get("error", ""))
    if "panic" in str(judged.get("error", "")) or re.search(r"set(union|inter).*null", expression):
        return "crash"
    if "yamldecode" in expression and ("<<" in expression or ".inf" in expression):
        return "quirk"
    if "must be between 0 and" in error and "cidrsubnet" in expression:
        return "prefix"
    if re.search("division by zero|logarithm|finite number", error) or (
        re.search(r"log\(|/|%", expression) and "Inf" in str(judged)
    ):
        return "infinite"
    if "null" in expression and "format" in expression and judged.get("unknown"):
        return "null"
    if re.search("us|un|ul", expression) and (judged.get("unknown") or ours.get("unknown")):
        return "refined"
    if "log(" in expression:
        return "logarithm"
    if re.search(r"(length|pow|signum|parseint|range|ceil|floor|: i)\b", expression):
        return "precision"
    return ""


def recorded() -> list[Answer]:
    """What the judge said, the last time it was asked."""
    return list(map(json.loads, (DATA / "expressions.jsonl").read_text("utf-8").splitlines()))


def differences() -> dict[str, str]:
    """Expressions that we answer in another way, with the reason."""
    lines = (DATA / "differences.jsonl").read_text("utf-8").splitlines()
    return {one["expr"]: one["reason"] for one in map(json.loads, lines)}


def record(judge: Path) -> None:
    """Ask the judge again and keep what it says: ``python -m helpers.judged_expressions JUDGE``."""
    asked, known = expressions(), scope()
    agreed: list[Answer] = []
    differing: list[Answer] = []
    for position, (one, judged) in enumerate(zip(asked, ask(judge, asked), strict=True)):
        ours = answer(one, known)
        if not agree(judged, ours):
            found: Answer = {"expr": one, "judge": judged, "ours": ours}
            differing.append(found | {"reason": reason(one, judged, ours)})
        elif position < RECORDED:
            agreed.append({"expr": one} | judged)
    for name, kept in (("expressions", agreed), ("differences", differing)):
        lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in kept)
        (DATA / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")


if __name__ == "__main__":
    record(Path(sys.argv[1]))
