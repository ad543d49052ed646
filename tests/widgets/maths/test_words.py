"""Bad input in JavaScript: a RangeError that says in words what was wrong, and in numpy's words where they can be the same."""

import numpy as np
import pytest
from node import JavaScriptError

import tokendynamics as td

rng = np.random.default_rng(0)
TOKENS, Q, K, V = (rng.standard_normal(shape).tolist() for shape in ((3, 4), (2, 4), (2, 4), (4, 4)))
SWITCHES = {"include_self": False, "causal": False, "scale": 1.0}
WHERE = {"exclude": None, "scale": 1.0}

GOOD = {  # function: its module, its arguments in order, its options
    "attention_weights": ("attention", {"tokens": TOKENS, "Q": Q, "K": K}, SWITCHES),
    "potential": ("attention", {"tokens": TOKENS, "Q": Q, "K": K}, SWITCHES),
    "force": ("attention", {"tokens": TOKENS, "Q": Q, "K": K}, SWITCHES),
    "content": ("attention", {"tokens": TOKENS, "Q": Q, "K": K, "V": V}, SWITCHES),
    "update": ("attention", {"tokens": TOKENS, "Q": Q, "K": K, "V": V}, {"step": 1.0, **SWITCHES}),
    "potential_at": ("attention", {"points": TOKENS, "tokens": TOKENS, "Q": Q, "K": K}, WHERE),
    "potential_gradient_at": ("attention", {"points": TOKENS, "tokens": TOKENS, "Q": Q, "K": K}, WHERE),
    "knowledge": ("knowledge", {"Q": Q, "K": K, "V": V}, {"ridge": 0.0, "rank": None}),
    "knowledge_residual": ("knowledge", {"Q": Q, "K": K, "V": V}, {"ridge": 0.0, "rank": None}),
    "trajectories": (
        "stack",
        {"tokens": TOKENS, "layers": [[Q, K, V]]},
        {"step": 1.0, "method": "euler", "norm": None, **SWITCHES},
    ),
}

ARRAYS = ["tokens", "points", "Q", "K", "V"]
ONES = {shape: np.ones(shape).tolist() for shape in ((2, 5), (3, 4), (5, 5), (3, 5))}


def holed(entry):
    return [[1.0, entry, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0]]


SAME = {  # bad values that both languages can be given, and must describe in the same words
    **{name: [[], [1.0, 2.0], [[], []], holed(np.nan), holed(-np.inf), [[np.nan, np.inf]], *ONES.values()] for name in ARRAYS},
    "exclude": [3, -4],
    "rank": [0, -1],
    "layers": [
        [[Q, K, ONES[5, 5]]],
        [[Q, K, V], [ONES[2, 5], K, V]],
        [[[Q, K, V], [Q, K, holed(np.nan)]]],
        [[Q, K, V], [Q, K]],
        [[[Q, K, V], [Q, K]]],
        [[[Q, K, V], 5]],
    ],
}
OWN = {  # (bad value, what the message must hold); each language names its own types
    **{name: [(None, "real numbers"), ("abc", "real numbers"), ([["a", 1.0]], "'a' in row 0")] for name in ARRAYS},
    **{
        name: [("2", "one number; got '2'"), (None, "one number; got null"), (np.nan, "got NaN"), (np.inf, "got Infinity")]
        for name in ("scale", "step", "ridge")
    },
    **{name: [("no", "true or false; got 'no'"), (1, "true or false; got 1")] for name in ("include_self", "causal")},
    "exclude": [(1.5, "null or the index"), (True, "got true"), ("0", "got '0'")],
    "rank": [(1.5, "whole number of at least 1; got 1.5"), ("2", "got '2'")],
    "method": [("magic", "'euler', 'rk4'; got 'magic'")],
    "norm": [("ball", "null, 'sphere', 'layernorm'; got 'ball'"), (False, "got false")],
    "layers": [(None, "[Q, K, V] triple"), ([None], "layers[0]: each layer must be"), ([[]], "layers[0]"), ([[1, 2, 3]], "layers[0]")],
}


def thrown(node, function, change):
    module, arguments, options = GOOD[function]
    arguments = {name: change.get(name, value) for name, value in arguments.items()}
    options = {name: change.get(name, value) for name, value in options.items()}
    with pytest.raises(JavaScriptError) as caught:
        node.call(module, function, *arguments.values(), **options)
    assert caught.value.kind == "RangeError"
    return str(caught.value)


def cases(table):
    for function, (_, arguments, options) in GOOD.items():
        for name in (*arguments, *options):
            for number, bad in enumerate(table.get(name, [])):
                yield pytest.param(function, name, bad, id=f"{function}-{name}-{number}")


@pytest.mark.parametrize("function, name, bad", list(cases(SAME)))
def test_in_the_words_of_numpy(node, function, name, bad):
    _, arguments, options = GOOD[function]
    call = {**arguments, **options, name: bad}
    try:
        getattr(td, function)(**call)
    except ValueError as error:
        message = str(error).replace("(…, ", "(").replace("None or", "null or").replace("(Q, K, V)", "[Q, K, V]")
        assert thrown(node, function, {name: bad}) == message
    else:  # ones of a shape that is fine for this argument: fine for both
        node.call(GOOD[function][0], function, *(call[a] for a in arguments), **{o: call[o] for o in options})


@pytest.mark.parametrize("function, name, bad", list(cases(OWN)))
def test_in_words_of_its_own(node, function, name, bad):
    value, holds = bad
    message = thrown(node, function, {name: value})
    assert holds in message
    assert name in message


@pytest.mark.parametrize("function", GOOD)
def test_an_option_misspelt_is_refused(node, function):
    module, arguments, options = GOOD[function]
    node.call(module, function, *arguments.values(), **options)  # what is spoilt above was good
    with pytest.raises(JavaScriptError, match="scael is not an option"):
        node.call(module, function, *arguments.values(), scael=2.0)


def scaled(matrix, factor):
    return (np.array(matrix) * factor).tolist()


@pytest.mark.parametrize("function, change", [
    ("attention_weights", {"Q": scaled(Q, 1e200), "K": scaled(K, 1e200)}),
    ("potential_at", {"scale": 1e308, "tokens": scaled(TOKENS, 1e10)}),
    ("force", {"Q": scaled(Q, 1e307), "K": scaled(K, 1e100), "tokens": scaled(TOKENS, 1e-100), "scale": 1e10}),
    ("content", {"V": scaled(V, 1e307), "tokens": scaled(TOKENS, 1e2), "scale": 1e-9}),
    ("update", {"step": 1e308, "V": scaled(V, 100)}),
    ("knowledge", {"Q": scaled(Q, 1e200), "K": scaled(K, 1e200)}),
    ("knowledge", {"Q": scaled(Q, 1e-160), "K": scaled(K, 1e-160)}),
    ("trajectories", {"layers": [[Q, K, scaled(V, 1e30)]] * 30, "scale": 1e-200}),
    ("attention_weights", {"tokens": [[1e200] * 4, [-1e200] * 4], "Q": [[1.0] * 4], "K": [[1.0] * 4]}),
])  # fmt: skip
def test_overflow_in_the_words_of_numpy(node, function, change):
    _, arguments, options = GOOD[function]
    with pytest.raises(ValueError) as caught:
        getattr(td, function)(**{**arguments, **options, **change})
    assert thrown(node, function, change) == str(caught.value)
