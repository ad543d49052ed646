"""Bad input: every argument of every public function says its name, what it got and what it needs."""

import inspect
import re
import warnings

import numpy as np
import pytest

import tokendynamics as td

N, D, HEAD = 3, 4, 2
rng = np.random.default_rng(0)
TOKENS, Q, K, V = (rng.standard_normal(shape) for shape in ((N, D), (HEAD, D), (HEAD, D), (D, D)))
SWITCHES = {"include_self": False, "causal": False, "scale": 1.0}
QKV = {"Q": Q, "K": K, "V": V}

GOOD = {
    "attention_weights": {"tokens": TOKENS, "Q": Q, "K": K, **SWITCHES},
    "potential": {"tokens": TOKENS, "Q": Q, "K": K, **SWITCHES},
    "force": {"tokens": TOKENS, "Q": Q, "K": K, **SWITCHES},
    "content": {"tokens": TOKENS, **QKV, **SWITCHES},
    "update": {"tokens": TOKENS, **QKV, "step": 1.0, **SWITCHES},
    "potential_at": {"points": TOKENS, "tokens": TOKENS, "Q": Q, "K": K, "exclude": None, "scale": 1.0},
    "potential_gradient_at": {"points": TOKENS, "tokens": TOKENS, "Q": Q, "K": K, "exclude": None, "scale": 1.0},
    "knowledge": {**QKV, "ridge": 0.0, "rank": None},
    "knowledge_residual": {**QKV, "ridge": 0.0, "rank": None},
    "entries": {**QKV, "ridge": 0.0, "rank": None},
    "lookup": {"M": V, "index": TOKENS},
    "store": {"keys": TOKENS, "contents": TOKENS, "method": "pseudo-inverse", "ridge": 0.0},
    "recall": {"memory": V, "question": TOKENS, "scale": 1.0},
    "nearest": {"answers": TOKENS, "contents": TOKENS},
    "trajectories": {
        "tokens": TOKENS, "layers": [(Q, K, V)], "step": 1.0, "method": "euler", "norm": None, **SWITCHES,
    },
}  # fmt: skip

# the shape that each array needs, as its message says it
NEEDS = {"tokens": "(…, n, d)", "points": "(…, p, d)", "Q": "(…, d_head, d)", "K": "(…, d_head, d)", "V": "(…, d, d)"}
NEEDS |= {"M": "(…, d_content, d)", "index": "(…, n, 4)", "keys": "(…, n, d)", "memory": "(…, d_content, d)"}
NEEDS |= {"question": "(…, n, 4)", "answers": "(…, n, 4)", "contents": "(…, n, d"}

NUMBER, FLAG, RANK = "must be one number", "must be True or False", "whole number of at least 1"
INDEX = f"the index of one of the {N} tokens"
TRIPLE = "must be a (Q, K, V) triple or a list of them"


def holed(array, entry):
    """The array with one entry spoilt."""
    array = array.copy()
    array[1, 1] = entry
    return array


def ruined(array, needs):
    """An array argument ruined in every way, with what the message must hold: what it got, what it needs."""
    shape = str(array.shape)
    yield "one axis", array[0], (needs, f"got shape ({array.shape[1]},)")
    yield "a number", 3.0, (needs, "got shape ()")
    yield "no rows", array[:0], (needs, f"got shape (0, {array.shape[1]})")
    yield "rows of nothing", array[:, :0], (needs, f"got shape ({array.shape[0]}, 0)")
    yield "NaN", holed(array, np.nan), ("must be finite", "1 NaN", shape)
    yield "infinity", holed(array, -np.inf), ("must be finite", "1 infinite", shape)
    yield "complex numbers", array * 1j, ("real numbers", needs)
    yield "words", [["a", "b"]], ("real numbers", needs, "list [['a', 'b']]")
    yield "ragged rows", [[1.0, 2.0], [3.0]], ("real numbers", needs, "list [[1.0, 2.0], [3.0]]")
    yield "None", None, ("real numbers", needs, "NoneType None")


BAD = {  # by name, the same for every function: (what it is, the value, what the message must hold)
    **{
        name: [
            ("a word", "loud", (NUMBER, "str 'loud'")),
            ("digits", "2", (NUMBER, "str '2'")),
            ("None", None, (NUMBER, "NoneType None")),
            ("several", [1.0, 2.0], (NUMBER, "list [1.0, 2.0]")),
            ("NaN", np.nan, ("one finite number", "got nan")),
            ("infinity", np.inf, ("one finite number", "got inf")),
        ]
        for name in ("scale", "step", "ridge")
    },
    **{
        name: [("a word", "no", (FLAG, "str 'no'")), ("1", 1, (FLAG, "int 1")), ("None", None, (FLAG, "NoneType None"))]
        for name in ("include_self", "causal")
    },
    "exclude": [(str(value), value, (INDEX, f"got {value!r}")) for value in (N, -N - 1, 1.0, True, "0")],
    "rank": [(str(value), value, (RANK, f"got {value!r}")) for value in (0, -1, 1.5, True, "2")],
    "norm": [(str(value), value, ("None, 'sphere', 'layernorm'", f"got {value!r}")) for value in ("ball", 2, False)],
    "layers": [
        ("None", None, (TRIPLE.split()[2], "got NoneType")),
        ("a layer that is none", [None], ("layers[0]", TRIPLE, "got NoneType")),
        ("a number", [3], ("layers[0]", TRIPLE, "got int")),
        ("numbers", [(1, 2, 3)], ("layers[0]", "Q must have shape (…, d_head, d)", "got shape ()")),
        ("nothing", [(Q, K, V), ()], ("layers[1]", TRIPLE, "got tuple")),
        ("an empty list in place of Q", [([], K, V)], ("layers[0]", "Q must have shape (…, d_head, d)", "got shape (0,)")),
        ("a pair", [(Q, K, V), (Q, K)], ("layers[1]", TRIPLE, "a head of 2 parts")),
        ("a head of two", [[(Q, K, V), (Q, K)]], ("layers[0]", TRIPLE, "a head of 2 parts")),
        ("a head that is none", [[(Q, K, V), 5]], ("layers[0]", TRIPLE, "a head of no parts")),
        ("another d", [(Q, K, V), (Q[:, :3], K, V)], ("layers[1]", "Q must have shape (…, d_head, 4)", "got shape (2, 3)")),
        ("another d in a head", [[(Q, K, V), (Q, K, V[:3])]], ("layers[0]", "V must have shape (…, 4, 4)", "got shape (3, 4)")),
        ("NaN", [(Q, K, V)] * 2 + [(Q, K, holed(V, np.nan))], ("layers[2]", "V must be finite", "1 NaN")),
        ("ragged", [([[1.0, 2.0], [3.0]], K, V)], ("layers[0]", "Q must be real numbers")),
    ],
}  # fmt: skip
METHODS = {"trajectories": "'euler', 'rk4'", "store": "'outer', 'pseudo-inverse'"}

AXES = (np.zeros((2, 1, 1)), np.zeros((3, 1, 1)))  # 2 against 3 do not broadcast


def cases():
    for function, arguments in GOOD.items():
        for name in arguments:
            if name in NEEDS:
                bad = list(ruined(arguments[name], NEEDS[name]))
            elif name == "method":
                bad = [(str(v), v, (METHODS[function], f"got {v!r}")) for v in ("magic", 1, None)]
            else:
                bad = BAD[name]
            for what, value, holds in bad:
                yield pytest.param(function, {name: value}, (name, *holds), id=f"{function}-{name}-{what}")
        if "ridge" in arguments:
            yield pytest.param(function, {"ridge": -1.0}, ("ridge", "at least 0", "got -1.0"), id=f"{function}-ridge-negative")
        for change, holds in mismatched(arguments):
            yield pytest.param(function, change, holds, id=f"{function}-{'-'.join(change)}-mismatched")


def mismatched(arguments):
    """Arrays that are fine one by one but not together."""
    d = D if "tokens" in arguments else None
    if "Q" in arguments:
        yield {"K": np.ones((3, D))}, ("K must have as many rows as Q", "(…, 2, 4)", "got shape (3, 4)")
        because = "as the tokens have d = 4" if d else "as Q has d = 4"
        yield {"K": np.ones((HEAD, 5))}, ("K must have shape (…, d_head, 4)", because, "got shape (2, 5)")
    if d and "Q" in arguments:
        yield {"Q": np.ones((HEAD, 5))}, ("Q must have shape (…, d_head, 4)", "as the tokens have d = 4", "got shape (2, 5)")
    if "V" in arguments:
        yield {"V": np.ones((3, 4))}, ("V must have shape (…, 4, 4)", "got shape (3, 4)")
        yield {"V": np.ones((5, 5))}, ("V must have shape (…, 4, 4)", "got shape (5, 5)")
    if "points" in arguments:
        yield {"points": np.ones((2, 5))}, ("points must have shape (…, p, 4)", "got shape (2, 5)")
    for rows in ("index", "question", "answers"):
        if rows in arguments:
            yield {rows: np.ones((2, 5))}, (f"{rows} must have shape (…, n, 4)", "got shape (2, 5)")
    if "keys" in arguments:
        yield {"contents": np.ones((5, 2))}, ("contents must have one row for each of the 3 keys", "got shape (5, 2)")
    arrays = [name for name in arguments if name in NEEDS]
    for one, other in zip(arrays, arrays[1:]):
        change = {one: arguments[one] + AXES[0], other: arguments[other] + AXES[1]}
        held = {"M": "M", "memory": "M", "question": "index"}
        one, other = held.get(one, one), held.get(other, other)
        yield change, ("the leading axes of", "must broadcast", f"{one} (2, ", f"{other} (3, ")


@pytest.mark.parametrize("function, change, holds", list(cases()))
def test_it_is_said_in_words(function, change, holds):
    with warnings.catch_warnings(), pytest.raises(ValueError) as caught:
        warnings.simplefilter("error")
        getattr(td, function)(**{**GOOD[function], **change})
    for words in holds:
        assert words in str(caught.value)


@pytest.mark.parametrize("function", GOOD)
def test_what_is_ruined_above_was_good(function):
    getattr(td, function)(**GOOD[function])


def test_every_argument_of_every_public_function_is_tried():
    functions = {name: getattr(td, name) for name in td.__all__ if not inspect.isclass(getattr(td, name))}
    assert {name: set(arguments) for name, arguments in GOOD.items()} == {
        name: set(inspect.signature(function).parameters) for name, function in functions.items()
    }


HUGE = {"Q": Q * 1e200, "K": K * 1e200, "V": V * 1e308}


@pytest.mark.parametrize("function, change, holds", [
    ("attention_weights", {"Q": HUGE["Q"], "K": HUGE["K"]}, "scores too large for float64"),
    ("potential", {"scale": 1e308, "tokens": 1e10 * TOKENS}, "scores too large for float64"),
    ("force", {"Q": 1e307 * Q, "K": 1e100 * K, "tokens": 1e-100 * TOKENS, "scale": 1e10}, "force too large for float64"),
    ("content", {"V": HUGE["V"], "tokens": 1e2 * TOKENS, "scale": 1e-9}, "content too large for float64"),
    ("update", {"step": 1e308, "V": 100 * V}, "update too large for float64"),
    ("knowledge", {"Q": HUGE["Q"], "K": HUGE["K"]}, "QᵀK too large for float64"),
    ("knowledge", {"Q": Q * 1e-160, "K": K * 1e-160}, "M too large for float64"),
    ("trajectories", {"layers": [(Q, K, 1e30 * V)] * 30, "scale": 1e-200}, r"layers\[\d+\]: .* too large"),
    ("trajectories", {"layers": [(Q, K, V), (Q, K, 1e3 * V)], "step": 1e307}, r"layers\[\d\]: "),
])  # fmt: skip
def test_overflow_is_said_in_words_and_is_not_a_warning(function, change, holds):
    with warnings.catch_warnings(), pytest.raises(ValueError) as caught:
        warnings.simplefilter("error")
        getattr(td, function)(**{**GOOD[function], **change})
    assert re.search(holds, str(caught.value))


def test_who_wants_errors_from_numpy_gets_none_for_a_weight_that_is_no_more_than_nothing():
    """After np.seterr(all="raise"), as some libraries set it for everybody."""
    rng = np.random.default_rng(1)
    for size in np.geomspace(1e-3, 1e3, 200):
        tokens, (Q, K, V) = size * rng.normal(size=(6, 3)), rng.normal(size=(3, 3, 3))
        with np.errstate(all="raise"):
            shares = td.attention_weights(tokens, Q, K)
            td.update(tokens, Q, K, V)
            td.force(tokens, Q, K)
            td.potential_gradient_at(tokens, tokens, Q, K)
        assert np.allclose(shares.sum(axis=-1), 1)
