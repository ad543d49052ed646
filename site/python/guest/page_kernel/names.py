"""Names of the session, for an editor: what may follow, and what something is. Nothing is called to find out."""

import inspect
import keyword
import re
import rlcompleter

from . import cells, channel

NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*\.?$")
MOST = 200


def tell(number, what, before, after):
    try:
        value = {"complete": complete, "inspect": look}[what](before, after)
    except Exception:  # a name whose attributes fail tells nothing
        value = None
    channel.send({"answer": {"number": number, "value": value}})


class Completer(rlcompleter.Completer):
    def _callable_postfix(self, value, word):
        return word


def complete(before, after):
    found = NAME.search(before)
    typed = found[0] if found else ""
    path, dot, stub = typed.rpartition(".")
    completer = Completer(cells.SESSION)
    words = completer.attr_matches(typed) if dot else completer.global_matches(typed) if typed else []
    words = dict.fromkeys(word.rpartition(".")[2].rstrip(" :(") for word in words)
    parameters = [] if dot else [f"{name}=" for name in _parameters(before, stub)]
    owner = _value(path) if dot else None
    matches = [{"text": word, "kind": kind(owner, word, dot)} for word in words]
    return {"typed": len(stub), "matches": [{"text": text, "kind": "parameter"} for text in parameters] + matches[:MOST]}


def kind(owner, word, dot):
    if not dot and keyword.iskeyword(word):
        return "keyword"
    try:
        value = inspect.getattr_static(owner, word) if dot else _value(word)
    except AttributeError:
        return "variable"
    if isinstance(value, property):
        return "property"
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    kinds = {"module": inspect.ismodule, "class": inspect.isclass, "function": callable}
    return next((name for name, holds in kinds.items() if holds(value)), "variable")


def _value(path):
    """What a dotted name stands for; LookupError or AttributeError where nothing does."""
    import builtins

    first, *rest = path.split(".")
    value = cells.SESSION[first] if first in cells.SESSION else vars(builtins)[first]
    for name in rest:
        value = getattr(value, name)
    return value


def _parameters(before, stub):
    """Names that the call around the cursor takes."""
    called = _called(before)
    try:
        known = inspect.signature(_value(called)).parameters.values() if called else []
    except (LookupError, AttributeError, TypeError, ValueError):
        return []
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [each.name for each in known if each.kind in named and each.name.startswith(stub)]


def _called(before):
    """The name before the bracket that is still open at the end."""
    depth = 0
    for at in range(len(before) - 1, -1, -1):
        depth += (before[at] in ")]}") - (before[at] in "([{")
        if depth < 0:
            found = NAME.search(before[:at]) if before[at] == "(" else None
            return found[0] if found else ""
    return ""


def look(before, after):
    """Signature and docstring of the name at the cursor, or of the function whose call it stands in."""
    found = NAME.search(before)
    rest = re.match(r"\w*", after)[0]
    for path in ((found[0] if found else "") + rest, _called(before)):
        try:
            return {"text": described(path, _value(path))}
        except (LookupError, AttributeError):
            continue
    return None


def described(path, value):
    try:
        head = f"{path}{inspect.signature(value)}" if callable(value) else f"{path}: {type(value).__name__}"
    except (TypeError, ValueError):
        head = path
    own = callable(value) or inspect.ismodule(value)
    text = (inspect.getdoc(value) or "") if own else repr(value)[:1000]
    return f"{head}\n\n{text}".rstrip()
