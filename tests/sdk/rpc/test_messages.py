from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.errors import RemoteProtocolError
from packer_sdk.rpc.messages import Message, read_int, read_reply, read_stream_number


class Everything(Message):
    Text: str = ""
    Number: int = 0
    Flag: bool = False
    Data: bytes = b""
    Texts: tuple[str, ...] = ()
    Things: tuple[object, ...] = ()
    Thing: object = None


def test_to_wire_has_every_field_in_order_of_declaration() -> None:
    assert list(Everything().to_wire().items()) == [
        ("Text", ""),
        ("Number", 0),
        ("Flag", False),
        ("Data", b""),
        ("Texts", None),
        ("Things", None),
        ("Thing", None),
    ]


@given(
    text=st.text(),
    number=st.integers(),
    flag=st.booleans(),
    data=st.binary(),
    texts=st.lists(st.text()),
)
def test_from_wire_undoes_to_wire(
    text: str, number: int, flag: bool, data: bytes, texts: list[str]
) -> None:
    message = Everything(
        Text=text, Number=number, Flag=flag, Data=data, Texts=tuple(texts), Thing={1: None}
    )
    assert Everything.from_wire(message.to_wire()) == message


def test_from_wire_when_nil_is_all_zero() -> None:
    assert Everything.from_wire(None) == Everything()


def test_from_wire_ignores_what_it_does_not_know_and_misses_nothing() -> None:
    message = Everything.from_wire({"Number": 3, "Later": 1})
    assert message == Everything(Number=3)


def test_from_wire_when_names_are_bytes_or_lower_case_sees_no_field() -> None:
    assert Everything.from_wire({b"Number": 3, "number": 4}) == Everything()


def test_from_wire_when_an_array_goes_by_order() -> None:
    assert Everything.from_wire(["x", 1]) == Everything(Text="x", Number=1)


@pytest.mark.parametrize(
    ("name", "sent", "read"),
    [
        ("Text", b"caf\xc3\xa9 \xff", "café \udcff"),
        ("Text", None, ""),
        ("Number", 3.0, 3),
        ("Number", None, 0),
        ("Flag", 1, True),
        ("Flag", 0, False),
        ("Flag", None, False),
        ("Data", "é", b"\xc3\xa9"),
        ("Data", [1, 255], b"\x01\xff"),
        ("Data", None, b""),
        ("Texts", [b"a", "b", None], ("a", "b", "")),
        ("Texts", None, ()),
        ("Things", ["a", {}], ("a", {})),
    ],
)
def test_from_wire_takes_what_go_takes(name: str, sent: object, read: object) -> None:
    assert getattr(Everything.from_wire({name: sent}), name) == read


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("Text", 3),
        ("Number", "3"),
        ("Number", 3.5),
        ("Number", True),
        ("Flag", 2),
        ("Flag", "true"),
        ("Data", 3),
        ("Data", [256]),
        ("Data", ["x"]),
        ("Texts", "abc"),
        ("Texts", [1]),
        ("Things", {}),
    ],
)
def test_from_wire_when_a_field_has_another_shape_names_it(name: str, sent: object) -> None:
    with pytest.raises(RemoteProtocolError, match=f"Everything.{name}: "):
        Everything.from_wire({name: sent})


def test_from_wire_when_no_map_names_the_message() -> None:
    with pytest.raises(RemoteProtocolError, match="Everything: expected a map, got str"):
        Everything.from_wire("x")


def test_making_one_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(TypeError, match="Everything has no field Numbr"):
        Everything(Numbr=1)  # type: ignore[call-arg] # what is tested


def test_repr_shows_every_field() -> None:
    assert repr(Everything(Number=2)).startswith("Everything(Text='', Number=2, ")


def test_equality_is_by_class_and_fields() -> None:
    class Other(Message):
        Text: str = ""

    assert Everything() != Other()
    assert Everything(Number=1) != Everything()


def test_read_reply_when_of_another_shape_names_the_method() -> None:
    with pytest.raises(RemoteProtocolError, match=r"Builder.Run: expected an integer, got str"):
        read_reply("Builder.Run", read_int, "x")


@given(st.integers(0, 2**32 - 1))
def test_a_stream_number_has_32_bits(number: int) -> None:
    assert read_stream_number(number) == number


@pytest.mark.parametrize("number", [-1, 2**32, 2**63])
def test_a_stream_number_that_is_none_is_refused_by_its_field(number: int) -> None:
    with pytest.raises(RemoteProtocolError, match=f"X.Y: {number} is no number of a stream"):
        read_reply("X.Y", read_stream_number, number)
