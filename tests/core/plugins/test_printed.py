from __future__ import annotations

import os

from packer_core.plugins.printed import LINE_LIMIT, lines
from packer_core.ui.secrets import SecretFilter


def test_a_secret_across_the_cut_of_a_long_line_is_masked() -> None:
    secret = "tok-5f2c91a7be"
    secrets = SecretFilter()
    secrets.register(secret)
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe, os.fdopen(writing, "wb", 0) as writer:
        read = lines(pipe, lambda: False, secrets.part)
        writer.write(b"." * (LINE_LIMIT - 6) + secret[:6].encode())
        first = next(read)
        writer.write(secret[6:].encode() + b"\n")
        second = next(read)
    assert len(first) + len(second) == LINE_LIMIT + len(secret) - 6
    shown = [secrets.apply(piece.decode()) for piece in (first, second)]
    assert shown[0].strip(".") == ""
    assert shown[1].strip(".") == "<sensitive>"
