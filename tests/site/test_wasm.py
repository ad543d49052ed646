"""The module of Python loses names and listed functions, and nothing where the list is of another module."""

import book_wasm
import pytest
from book_wasm import as_leb128

HEAD = b"\0asm\1\0\0\0"
BODY = bytes([0, 0x41, 7, 0x0B])  # the number 7


def section(kind, data):
    return bytes([kind]) + as_leb128(len(data)) + data


def module(*bodies):
    code = as_leb128(len(bodies)) + b"".join(as_leb128(len(body)) + body for body in bodies)
    return HEAD + section(1, b"\1\x60\0\1\x7f") + section(10, code) + section(11, b"\0")


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**21, 48955])
def test_numbers_are_read_as_they_are_written(value):
    written = as_leb128(value)
    assert book_wasm.leb128(b"x" + written + b"y", 1) == (value, 1 + len(written))


def test_what_is_listed_is_left_out_and_what_a_builder_added_too(monkeypatch):
    long = bytes([0]) + bytes([0x41, 7, 0x1A]) * 70 + BODY[1:]
    whole = module(BODY, long, BODY, long)
    given = whole + section(0, b"\4name...")
    monkeypatch.setattr(book_wasm, "trimming", lambda: (book_wasm.hashlib.sha256(given).hexdigest(), {0}, {1, 2}))
    assert book_wasm.slim(given) == (module(book_wasm.REFUSES, book_wasm.ENDS, book_wasm.ENDS, long), True)
    monkeypatch.setattr(book_wasm, "trimming", lambda: ("another", {0}, {1, 2}))
    assert book_wasm.slim(given) == (whole, False)


def test_the_list_that_is_kept_can_be_read():
    known, refused, cut = book_wasm.trimming()
    assert len(known) == 64 and len(refused) > 200 and len(cut) > 40_000 and not refused & cut
