"""One grammar of links, in JavaScript and in Python: both write the same letters, and read the same from what arrived."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from node import JavaScriptError

from tokendynamics.widgets import _links

SCALARS = st.none() | st.booleans() | st.floats(-1e15, 1e15) | st.integers(-(2**53), 2**53)
SCALARS |= st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: text not in ("NaN", "Infinity", "-Infinity"))
ROWS = st.lists(SCALARS, max_size=4)
VALUES = SCALARS | ROWS | st.lists(ROWS.filter(len), max_size=3)
START = {"": {"x": "never", "y": "never"}}


@given(VALUES, VALUES)
def test_both_write_the_same_letters_and_read_them_back(node, x, y):
    state = {"x": x, "y": y}
    made = _links.written(state, START)
    assert re.fullmatch(r"[\w~!=;-]*[A-Za-z0-9]", made, re.ASCII)
    assert _links.read(made, [""]) == ("", state)
    assert node.call("ui/link", "encode", state, START) == made


ARRIVED = ["v3", "v3!a", "v3!a;x=2", "v3!a;x=-0_5;y=!!1~2~~3~4", "v2.a;x=((1,2),(3,4))", "v2.a;x='a%20b", "v2.a;y=('a,'b)", "v2.a", "v2."]
TORN = [
    "v3!a;x",
    "v3!a;x=",
    "v3;;",
    "v3!b",
    "v4!a",
    "v2.a;x=((",
    "v2.a;x=((1,2),(3,4",
    "v3!a;x=!1~~2",
    "v1.",
    "v1.AAAA",
    "",
    "v3!a;x=0.5",
    "v2.a;x=1_5",
]
TAILS = ["", ".", ",", ")", ").", "%20", "%22", "'", ">", "%E2%80%9D", "%26amp;", "]", "*"]


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("text", ARRIVED + TORN)
def test_both_read_the_same_from_what_arrived(node, monkeypatch, text, tail):
    monkeypatch.setattr("node._arrays", lambda value: value)  # lists as they are: they hold texts too
    starts = {"": {}, "a": {"x": 1}}
    for made in (text, text.replace("(", "%28").replace(")", "%29").replace(";", "%3B").replace("=", "%3d").replace("!", "%21")):
        try:
            ours = _links.read(made + tail, starts)
        except (ValueError, LookupError, TypeError):
            with pytest.raises(JavaScriptError):
                node.call("ui/link", "decode", made + tail, starts)
            assert text in TORN
            continue
        theirs = node.call("ui/link", "decode", made + tail, starts)
        assert text in ARRIVED and (theirs["name"], theirs["changes"]) == ours == _links.read(text, starts)
