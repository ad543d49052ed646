"""A state as a link and back: the grammar of ui/link.js, which says it in full."""

import base64
import json
import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote

CLEAN = re.compile(r"(?:[\w.+,'()!~*-]|%[0-9a-f]{2})*", re.ASCII | re.IGNORECASE)
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:_\d+)?(?:e-?\d+)?", re.ASCII)
TEXT = re.compile(r"_(?:[a-z\d]|_[\da-f]{2})+", re.ASCII | re.IGNORECASE)
WORDS = {"true": "true", "false": "false", "null": "null", "empty": "[]", "blank": '""'}
DEEPEST = 9
TAIL = re.compile(r"(?:[.,:?!*\"'`>]|%(?:2[0127ace]|3[acef]|60|c2%a0|c2%bb|e2%80%[89][\da-f]|26(?:amp(?:;|%3b)?)?))+\Z", re.IGNORECASE)
MEANT = re.compile(r"(?:%20\.|=')\Z")
BRACKET = re.compile(r"(?:[)\]}_~]|%(?:29|5d|7d|5f|7e))\Z", re.IGNORECASE)
ESCAPED = re.compile(r"%(?:2[15789b-e]|3[bd]|5f|7e)", re.IGNORECASE)


def written(state: dict[str, Any], starts: dict[str, dict[str, Any]]) -> str:
    """What follows the `=`: the start that leaves the least to say, and what differs from it."""
    said = {name: "".join(f";{key}={_value(v)}" for key, v in state.items() if v != start[key]) for name, start in starts.items()}
    name = min(said, key=lambda name: len(said[name]))
    return f"v3{'!' * bool(name)}{name}{said[name]}"


def part(view: str, link: str) -> str | None:
    """What a link holds for the widget `view`: what follows its `=`, in plain letters as an address holds it."""
    link = re.sub(r"[^\x00-\x7f]+", lambda found: quote(found[0], errors="replace"), link.replace("&amp;", "&"))
    found = re.search(rf"(?:[#&]|%23){view}(?:(?:[.~]|%7e)[\w-]+)?(?:=|%3d)([^&\s]*)", link, re.IGNORECASE)
    return found[1] if found else None


def read(text: str, starts: Collection[str]) -> tuple[str | None, dict[str, Any]]:
    """(name of the start, state) of that part. LookupError for a start that there is not, another error for what cannot be read."""
    wrong: Exception | None = None
    for each in _readings(text):
        try:
            return _read_one(each, starts)
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            wrong = wrong or error
    raise wrong or ValueError


def _readings(text: str) -> Iterator[str]:
    if MEANT.search(text):
        yield text
    rest = TAIL.sub("", text)
    for _ in range(DEEPEST + 1):
        yield rest
        if ESCAPED.search(rest):
            yield ESCAPED.sub(lambda found: unquote(found[0]), rest)
        if not BRACKET.search(rest):
            return
        rest = TAIL.sub("", BRACKET.sub("", rest))


def _read_one(text: str, starts: Collection[str]) -> tuple[str | None, dict[str, Any]]:
    found = re.match(r"(v[123])(?![^.!;])(.*)\Z", text, re.DOTALL)
    if not found:
        raise ValueError
    version, body = found.groups()
    if version == "v1":
        return None, _whole(body[1:])
    begin, *parts = body.split(";")
    if begin and begin[0] != (".", "!")[version == "v3"]:
        raise ValueError
    name, reader = begin[1:], (_second, _listed)[version == "v3"]
    if name not in starts:
        raise LookupError(name)
    return name, {key: reader(value) for key, _, value in (part.partition("=") for part in parts)}


def _whole(text: str) -> dict[str, Any]:
    state = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    if not isinstance(state, dict):
        raise TypeError
    return state


def _second(text: str) -> Any:
    """A value of the second kind: JSON, but (1,2) for a list and 'text for a text."""
    if not CLEAN.fullmatch(text):
        raise ValueError
    brackets = {"(": "[", ")": "]"}
    return json.loads(
        re.sub(r"'([^',()]*)|[()]", lambda found: brackets.get(found[0]) or json.dumps(unquote(found[1], errors="strict")), text)
    )


def _listed(text: str, deep: int | None = None) -> Any:
    """A value of the third kind; `deep`, how many lists are still around it."""
    if deep is None:
        inner = text.lstrip("!")
        if len(text) - len(inner) > DEEPEST:
            raise ValueError
        return _listed(inner, len(text) - len(inner))
    if deep:
        return [_listed(each, deep - 1) for each in text.split("~" * deep)]
    if NUMBER.fullmatch(text):
        return json.loads(text.replace("_", "."))
    if TEXT.fullmatch(text):
        return unquote(text[1:].replace("_", "%"), errors="strict")
    if text in WORDS:
        return json.loads(WORDS[text])
    raise ValueError


def _depth(value: Any) -> int:
    return 1 + max(map(_depth, value)) if isinstance(value, list | tuple) and value else 0


def _value(value: Any, deep: int | None = None) -> str:
    """A value of the third kind, as `_listed` reads it."""
    if deep is None:
        deep = _depth(value)
        return "!" * deep + _value(value, deep)
    if isinstance(value, list | tuple):
        return ("~" * deep).join(_value(each, deep - 1) for each in value) if value else "empty"
    if isinstance(value, str):
        whole = re.sub("[\ud800-\udfff]", "\ufffd", value)
        return "_" + re.sub("[^A-Za-z0-9]", lambda c: "".join(f"_{byte:02x}" for byte in c[0].encode()), whole) if value else "blank"
    return _number(value) if isinstance(value, float) else json.dumps(value)


def _number(value: float) -> str:
    """As JavaScript writes it: no exponent from 1e-6 up to 1e21."""
    if value == 0:
        return "0"
    if 1e-6 <= abs(value) < 1e21:
        text = format(Decimal(repr(value)), "f")
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", "_")
    return re.sub(r"e([+-])0*", lambda found: "e" + found[1].replace("+", ""), repr(value)).replace(".0e", "e").replace(".", "_")
