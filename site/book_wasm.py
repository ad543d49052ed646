"""The module of Python without what no page needs: names of functions, and the functions that site/python/trim.txt lists for this very module.

A function that is left out is there, and ends Python if it should ever be called; one that starts a compiled module of a package that is left out
gives nothing, so that the import fails. How the list is made is told in site/python/trim.mjs. A module with another hash stays whole.
"""

import hashlib
import re
from pathlib import Path

TRIM = Path(__file__).parent / "python/trim.txt"
CODE = 10
ENDS = bytes([0, 0x00, 0x0B])  # no variables; unreachable
REFUSES = bytes([0, 0x41, 0, 0x0B])  # no variables; the number 0


def slim(whole):
    """(the module, whether functions were left out)."""
    known, refused, cut = trimming()
    trims = hashlib.sha256(whole).hexdigest() == known
    parts, at = [whole[:8]], 8
    while at < len(whole):
        length, start = leb128(whole, at + 1)
        end = start + length
        if whole[at] == CODE and trims:
            code = trimmed(whole, start, refused, cut)
            parts.append(bytes([CODE]) + as_leb128(len(code)) + code)
        elif whole[at] != 0:  # 0: a section of the builder's own
            parts.append(whole[at:end])
        at = end
    return b"".join(parts), trims


def trimming():
    """The hash of the module that the list is for, and the numbers of its functions: which refuse, and which are left out."""
    known, refused, cut = re.fullmatch(r"module (\w+)\n\nrefused\n(.*)\ncut\n(.*)", TRIM.read_text("utf8"), re.DOTALL).groups()
    runs = [map(int, run.split("+")) for run in cut.split()]
    return known, {int(each) for each in refused.split()}, {number for first, many in runs for number in range(first, first + many)}


def trimmed(whole, at, refused, cut):
    """The section of code, with short bodies for the functions that are left out."""
    many, at = leb128(whole, at)
    parts = [as_leb128(many)]
    for number in range(many):
        length, start = leb128(whole, at)
        body = REFUSES if number in refused else ENDS if number in cut else None
        parts.append(whole[at : start + length] if body is None else as_leb128(len(body)) + body)
        at = start + length
    return b"".join(parts)


def leb128(data, at):
    """A whole number as WebAssembly writes it, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        value, at, shift = value | (byte & 127) << shift, at + 1, shift + 7
        if byte < 128:
            return value, at


def as_leb128(value):
    written = bytearray()
    while True:
        value, low = value >> 7, value & 127
        written.append(low | 128 * bool(value))
        if not value:
            return bytes(written)
