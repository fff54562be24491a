"""Keeping what is secret out of everything people can read (VAR-007, ENG-012).

A secret rarely appears as it was typed: a shell quotes it, a JSON document escapes it, a header
carries it in base64, a log prints it line by line. All these forms are looked for. Every match is
found first and overlapping ones are joined, so that two secrets that share characters leave no
fragment behind.
"""

from __future__ import annotations

from _thread import allocate_lock  # what threading.Lock is; `packer version` has no time for more

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

MASK = "<sensitive>"

SHORTEST = 3
"""Characters from which a text is masked.

HashiCorp's Packer masks even a single letter, which shreds every line that holds it and, by the
places it leaves blank, gives the letter away. Shorter secrets are announced instead.
"""

_SHORTEST_BASE64 = 4


class SecretFilter:
    """A set of secrets and all their forms. Safe from several threads.

    Args:
        too_short: Called once, with a sentence for the user, when a secret is too short to mask.
    """

    def __init__(self, too_short: Callable[[str], None] | None = None) -> None:
        self._lock = allocate_lock()
        self._forms: tuple[str, ...] = ()
        self._too_short = too_short

    def register(self, text: str) -> None:
        """Mask a text from now on: as it is, each of its lines, and each in its usual disguises."""
        found = set(forms(text))
        if text.strip() and not found:
            self._announce()
        with self._lock:
            # A new tuple: readers go on with the old one and need no lock.
            self._forms = tuple(
                sorted(found.union(self._forms), key=lambda form: (-len(form), form))
            )

    def register_nested(self, value: object) -> None:
        """Register every text and number inside lists and mappings (VAR-007)."""
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list | tuple | set | frozenset):
            for item in value:
                self.register_nested(item)
        elif isinstance(value, str):
            self.register(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self.register(str(value))

    def apply(self, text: str) -> str:
        """Return the text with every secret replaced by ``<sensitive>``.

        Applying it again changes nothing: masks are kept even from secrets that look like them.
        """
        if not self._forms:
            return text
        return MASK.join(_mask(part, self._forms) for part in text.split(MASK))

    def apply_nested(self, value: Any) -> Any:
        """Return a copy of lists and mappings with every text in them masked, except for keys."""
        if isinstance(value, str):
            return self.apply(value)
        if isinstance(value, dict):
            return {key: self.apply_nested(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.apply_nested(item) for item in value]
        return value

    def part(self, text: str) -> tuple[str, str]:
        """Part the beginning of a text, so that no secret is torn: what may be shown, and the rest.

        What is shown may still hold secrets, but whole ones, as `apply` finds them.

        Args:
            text: More of it will come.
        """
        wanted = self._forms
        # The longest secret of all may have begun, all but its last character.
        end = max(len(text) - (len(wanted[0]) - 1), 0) if wanted else len(text)
        spans = [span for form in wanted if form in text for span in _spans(text, form)]
        for start, stop in sorted(spans, reverse=True):
            if start < end < stop:
                end = start
        return text[:end], text[end:]

    def _announce(self) -> None:
        with self._lock:
            tell, self._too_short = self._too_short, None
        if tell:
            tell(
                f"A sensitive value has fewer than {SHORTEST} characters. It is not masked in the"
                " output, because masking it would only make every line that holds it unreadable."
            )


def forms(text: str) -> Iterator[str]:
    """Every form in which a secret is looked for, none shorter than ``SHORTEST``."""
    unix = text.replace("\r\n", "\n")
    whole = {text, text.strip(), unix, unix.replace("\n", "\r\n")}
    lines = {line.strip() for line in text.splitlines()}
    for plain in (whole | lines) - {""}:
        if len(plain) >= SHORTEST:
            yield from _disguises(plain)


def _disguises(text: str) -> Iterator[str]:
    yield text
    yield from _quoted(text)
    yield from _json(text)
    yield from _url(text)
    yield from _base64(text)


def _quoted(text: str) -> Iterator[str]:
    """What is between the quotes a shell, or a program that writes for one, puts around it."""
    yield text.replace("'", "'\"'\"'")
    yield text.replace("'", "'\\''")
    double = text
    for special in '\\"$`':
        double = double.replace(special, f"\\{special}")
    yield double
    yield "".join(c if c.isalnum() or c in "_@%+=:,./-" else f"\\{c}" for c in text)


def _json(text: str) -> Iterator[str]:
    import json  # noqa: PLC0415

    for ascii_only in (True, False):
        escaped = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield escaped
        yield escaped.replace("/", "\\/")
        # As Go writes it, so that it may stand in HTML.
        for special in "<>&":
            escaped = escaped.replace(special, f"\\u{ord(special):04x}")
        yield escaped


def _url(text: str) -> Iterator[str]:
    from urllib.parse import quote, quote_plus  # noqa: PLC0415

    data = text.encode("utf-8", "surrogateescape" if _escaped(text) else "surrogatepass")
    for escaped in (quote(data, safe=""), quote(data), quote_plus(data)):
        yield escaped
        yield _lower_escapes(escaped)


def _lower_escapes(escaped: str) -> str:
    head, *rest = escaped.split("%")
    return "%".join([head, *(part[:2].lower() + part[2:] for part in rest)])


def _escaped(text: str) -> bool:
    """Whether all surrogates are undecodable bytes."""
    return not any("\ud800" <= c <= "\udfff" and not "\udc80" <= c <= "\udcff" for c in text)


def _base64(text: str) -> Iterator[str]:
    """Base64, also of a longer text that holds it: three alignments, without the shared edges."""
    from base64 import b64encode  # noqa: PLC0415

    data = text.encode("utf-8", "surrogateescape" if _escaped(text) else "surrogatepass")
    found = [b64encode(data).decode()]
    for shift in range(3):
        encoded = b64encode(bytes(shift) + data).decode()
        # A character is the secret's own if all six of its bits are.
        found.append(encoded[-(-shift * 8 // 6) : (shift + len(data)) * 8 // 6])
    # Programs wrap long base64 at 76 columns.
    found += [found[0][start : start + 76] for start in range(0, len(found[0]), 76)]
    for encoded in found:
        if len(encoded) >= _SHORTEST_BASE64:
            yield encoded
            yield encoded.replace("+", "-").replace("/", "_")


def _mask(text: str, wanted: tuple[str, ...]) -> str:
    # Nearly every line holds none, and asking that first is eight times as quick.
    present = [form for form in wanted if form in text]
    if not present:
        return text
    spans = sorted(span for form in present for span in _spans(text, form))
    pieces, end = [], 0
    for start, stop in spans:
        if start >= end:
            pieces += [text[end:start], MASK]
        end = max(end, stop)
    return "".join([*pieces, text[end:]])


def _spans(text: str, form: str) -> Iterator[tuple[int, int]]:
    at = text.find(form)
    while at >= 0:
        yield at, at + len(form)
        at = text.find(form, at + 1)
