from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.wire import gob
from packer_sdk.wire.gob_reader import Named, Struct, decode
from packer_sdk.wire.gob_writer import (
    BOOL,
    INT,
    INTERFACE,
    NIL,
    STRING,
    UINT,
    alone,
    fields_of,
    interface,
    list_of,
    map_of,
    map_type,
    message,
    opaque_type,
    slice_type,
    struct_type,
)

WHOLE = struct_type(
    65, "Whole", {"On": BOOL, "N": INT, "U": UINT, "S": STRING, "I": INTERFACE, "L": 66, "M": 67}
)
DEFINITIONS = WHOLE + slice_type(66, "", STRING) + map_type(67, "", STRING, 68)
DEFINITIONS += opaque_type(68, "Opaque")
TEXTS = st.text(max_size=5)


@given(st.integers(-9, 9), TEXTS, st.lists(TEXTS), st.dictionaries(TEXTS, st.binary(max_size=5)))
def test_everything_that_is_written_is_read(
    number: int, text: str, texts: list[str], entries: dict[str, bytes]
) -> None:
    value = {
        2: gob.encode_int(number),
        5: interface("string", STRING, alone(gob.encode_string(text))),
        6: list_of([gob.encode_string(one) for one in texts]),
        7: map_of({key: gob.encode_bytes(one) for key, one in entries.items()}),
    }
    found = decode(DEFINITIONS + message(65, fields_of(value)), "it")
    fields = {"N": number, "I": Named("string", text), "L": texts, "M": entries}
    assert found == Struct("Whole", fields)


def test_what_is_left_out_is_not_there() -> None:
    assert decode(DEFINITIONS + message(65, fields_of({5: NIL})), "it") == Struct(
        "Whole", {"I": None}
    )
    assert decode(message(STRING, alone(gob.encode_string("x"))), "it") == "x"
