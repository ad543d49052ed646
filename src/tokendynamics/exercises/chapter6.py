"""Exercises of Chapter 6, A real model: every number beside its control. None needs more of the model than what ships."""

from functools import cache
from itertools import combinations

import numpy as np

import tokendynamics as td

from ..real import causal_heads, causal_paths, senses
from ..real import laws as real_laws
from ._judges import RIGHT, Choice, Numbers, State, Table
from ._own_sentences import DECIDES, EARLIER, REPLACED
from ._reading import NONE, Unreadable, describe, items, numbers
from ._verdict import Exercise


def _spring():
    words = {
        "closest within a sense": "These two are closer than most, and they use the word in one sense. The pair is to cross the senses.",
        "farthest for closest": "No pair across the senses ends farther apart than this one.",
        "the second closest": "These two end close. One other pair across the senses ends closer still, by less than 0.01.",
        "close in another layer": "These two are close at some other depth. Look at where they end.",
        "another word": "The exercise is about *spring*.",
    }

    def find(widget):
        if widget.sentences:
            raise Unreadable("it shows sentences of your own, and the pair is one of the book")
        if widget.word != "spring":
            return "another word"
        if len(widget.shown) != 2:
            raise Unreadable(f"the number of sentences shown is {len(widget.shown)}, and a pair is two")
        return _pairs()[tuple(sorted(widget.shown))]

    page = lambda: {
        "find": "pair",
        "known": list(senses.shipped()["words"]),
        "word": "spring",
        "pairs": {f"{a} {b}": name for (a, b), name in _pairs().items()},
    }
    return State("RealTrajectories", find, words, page=page)


@cache
def _pairs():
    """What is found of each pair of the word's sentences."""
    data = senses.shipped()
    entry, said = data["words"]["spring"], data["sentences"]
    pairs = [tuple(sorted(pair)) for pair in combinations(entry["sentences"], 2)]
    cosines = np.array(entry["cosines"]["word"])  # (layers, pairs)
    crosses = np.array([said[a]["sense"] != said[b]["sense"] for a, b in pairs])
    across = np.where(crosses, cosines, np.nan)
    return {pair: _of_pair(across, chosen) if crosses[chosen] else "closest within a sense" for chosen, pair in enumerate(pairs)}


def _of_pair(across, chosen):
    if chosen == np.nanargmax(across[-1]):
        return RIGHT
    if chosen == np.nanargmin(across[-1]):
        return "farthest for closest"
    if (across[-1] > across[-1, chosen]).sum() == 1:
        return "the second closest"
    ranks = (across[:-1] > across[:-1, [chosen]]).sum(axis=1)
    return "close in another layer" if ranks.min() <= 1 else None


@cache
def _first_layers(share=0.5, start=1, strict=False, none=None):
    data = senses.shipped()
    found = {}
    for word in data["words"]:
        own, stop = (np.subtract(*senses.within_across(data, word, token))[start:] for token in ("word", "."))
        behind = stop > own if strict else stop >= share * own
        found[word] = start + int(behind.argmax()) if behind.any() or none == 0 else None
    return found


class _Layers(Numbers):
    """Numbers handed in as a dictionary from words to layers, with None, or -1, where there is none."""

    def _read(self, answer):
        if not isinstance(answer, dict) or not all(isinstance(word, str) for word in answer):
            raise Unreadable(f"got {describe(answer)}; its keys are to be the nine words")
        given = {word.strip().lower(): layer for word, layer in answer.items()}
        if set(given) != set(self.entries):
            raise Unreadable(f"got {describe(answer)}; its keys are to be the nine words")
        return [_layer(given[word]) for word in self.entries]


def _layer(layer):
    if layer is None or (isinstance(layer, str) and layer.strip().lower() in NONE):
        return -1.0
    value = numbers(layer)
    if value.ndim or value != np.round(value):
        raise Unreadable("a layer is a whole number, or None where there is none")
    return float(value)


def _listed(**how):
    return lambda: [-1 if layer is None else layer for layer in _first_layers(**how).values()]


TOPIC = _Layers(
    right=_listed(),
    wrong={
        "the embedding counted": (
            _listed(start=0),
            "In layer 0 no token has seen another, so both gaps are nearly nothing, and one is half of the other by accident.",
        ),
        "the whole gap for half": (
            _listed(share=1),
            "These are the layers where the full stop's gap is as wide as the word's. Half as wide was asked for.",
        ),
        "layers counted from one less": (
            lambda: [layer if layer < 0 else layer - 1 for layer in _listed()()],
            "Each layer is one too low. Layer 0 is the embedding; the first layer is 1.",
        ),
        "the first of none": (
            (_listed(none=0), lambda: [layer - (layer > 0) for layer in _listed(none=0)()]),
            "In one word no layer comes so far, and numpy’s argmax gives 0 where nothing is true. Look first whether anything is.",
        ),
        "the last layer for the first": (
            lambda: [layer if layer < 0 else 6 for layer in _listed()()],
            "The gaps at the end say how wide they became, not when.",
        ),
    },
    entries=tuple(senses.shipped()["words"]),
    decimals=None,
    tolerance=0.2,
    none=True,
)


ROWS = ("trained", "dealt", "shuffled", "shuffled model")
OLD_NAMES = {"random weights": "shuffled model"}  # of the row, until it got its own


def _rows(answer):
    given = answer.replace(" and ", ",").replace(";", ",").split(",") if isinstance(answer, str) else items(answer)
    if not all(isinstance(each, str) for each in given):
        raise Unreadable(f"got {describe(answer)}")
    rows = {OLD_NAMES.get(row, row) for row in (each.strip().lower() for each in given)}
    if not rows or not rows <= set(ROWS):
        raise Unreadable(f"the rows to choose from are {', '.join(ROWS)}")
    return ", ".join(row for row in ROWS if row in rows)


def _of_rows(rows):
    if rows == set(ROWS):
        return "every row"
    if "trained" in rows:
        return "the claim for its own control"
    if "dealt" in rows:
        return "one kind of control for two"
    return RIGHT if len(rows) == 2 else "one table only"


REPAIR = Table(
    _rows,
    {", ".join(rows): _of_rows(set(rows)) for n in range(1, 5) for rows in combinations(ROWS, n)},
    {
        "one kind of control for two": "*Dealt* compares tokens of one sentence with tokens of others. It limits the first half of the "
        "sentence and says nothing about training.",
        "the claim for its own control": "The row of the trained model is what the sentence is about. It cannot refute it.",
        "one table only": "One of the rows is there. Another table has the same control, made anew.",
        "every row": "Not every control controls for the same thing.",
    },
    (("Rows", ROWS),),
    form="boxes",
)


@cache
def _own_weights():
    head, own = senses.one_head(), []
    for sentence in head["sentences"]:
        i = sentence["tokens"].index("bank")
        own.append(td.attention_weights(sentence["states"], head["Q"], head["K"], include_self=True, scale=head["scale"])[i, i])
    return np.array(own)


WITHOUT_ITSELF = Numbers(
    right=_own_weights,
    wrong={
        "counted twice": (
            lambda: 2 * _own_weights(),
            "Weight that moves leaves one token and arrives at others. You counted it at both ends.",
        ),
        "what the others gain for what leaves": (
            lambda: _own_weights() / (1 - _own_weights()),
            "This is by how much of itself every other weight grows. How much weight goes from one token to the others?",
        ),
        "the factor for the difference": (lambda: 1 / (1 - _own_weights()), "This is the factor by which every other weight grows."),
        "the rest for the part": (lambda: 1 - _own_weights(), "This is the weight that was with the others already. It stays where it is."),
        "spread evenly": (lambda: _own_weights() / 10, "Each of the others gets a part of it. Add up what they get."),
    },
    entries=tuple(f"sentence {k}" for k in range(1, 7)),
    decimals=3,
    shares=True,
    tolerance=0.0006,
)


@cache
def _farther(limit):
    laws = real_laws.shipped()
    cosine, random = (laws[name]["cosine"]["mean"] for name in ("heads", "heads_random_weights"))
    limits = {"all": np.abs(random).max(), "none": 0, "mean": np.abs(random).mean(), "layer": np.abs(random).max(axis=1, keepdims=True)}
    return [int((cosine > limits[limit]).sum()), int((cosine < -limits[limit]).sum())]


FARTHER = Numbers(
    right=lambda: _farther("all"),
    wrong={
        "control forgotten": (
            lambda: _farther("none"),
            "This counts heads on either side of 0. By luck alone none would lie at 0 exactly.",
        ),
        "the mean of the control for its extreme": (
            lambda: _farther("mean"),
            "Half of the random heads are farther out than their mean. *Every* one of them was asked for.",
        ),
        "the control of one layer": (
            lambda: _farther("layer"),
            "Each layer is compared with its own random heads here. Every random head was asked for.",
        ),
        "the two sides swapped": (lambda: _farther("all")[::-1], "With the force is above 0, against it below."),
        "one side only": (lambda: [_farther("all")[0], 0], "Farther from 0 goes both ways."),
    },
    entries=("with the force", "against it"),
    decimals=None,
    tolerance=0.5,
)


@cache
def _unnamed(scores=("previous", "same", "induction"), by=np.max, cost=0.1, mean=False):
    causal = causal_heads.shipped()
    named = by([causal["scores"][name] for name in scores], axis=0) > 0.3
    costly = (causal_paths.shipped()["mean"]["off"] if mean else causal["off"]) > cost
    return [int(costly.sum()), int((costly & ~named).sum()), int((named & ~costly).sum())]


UNNAMED = Numbers(
    right=lambda: _unnamed()[:2],
    wrong={
        "one score for three": (
            lambda: _unnamed(("induction",))[:2],
            "Here a head has a name if it is an induction head. There are two other names to have.",
        ),
        "all scores instead of any": (lambda: _unnamed(by=np.min)[:2], "No head has all three scores above 0.3. One is a name."),
        "named but cheap": (
            lambda: [_unnamed()[0], _unnamed()[2]],
            "The second number counts heads that have a name and cost next to nothing. That is the other corner of the table.",
        ),
        "by the mean for by zero": (
            lambda: _unnamed(mean=True)[:2],
            "These are the heads that cost so much with their mean in their place. Here a head that is off writes zero.",
        ),
        "half a nat for a tenth": (lambda: _unnamed(cost=0.5)[:2], "These are the heads that cost more than 0.5 nats."),
        "the named ones": (lambda: [_unnamed()[0], _unnamed()[0] - _unnamed()[1]], "The second number counts those that have a name."),
    },
    entries=("costly heads", "those without a name"),
    decimals=None,
    tolerance=0.5,
)

HIGHER = Choice(
    "After a layer, nearly all tokens are higher on their potential than before. What do you need before you call it a climb?",
    (
        (
            "Nothing: nearly all is enough.",
            "control forgotten",
            "A share is large or small beside what chance gives. On a potential that is a bowl, a random step already ends higher more often than not.",
        ),
        ("More sentences.", "more data for a control", "More sentences make the number surer, whatever it means."),
        (
            "The same number for random steps of the same length.",
            RIGHT,
            "And measure it so: after heads and LayerNorm, random steps end higher nearly as often. The fairest of them also leave each token as long as the layer does.",
        ),
        ("A larger model.", "another model for a control", "A larger model would be another case without a control."),
    ),
)

EXERCISES = (
    Exercise.asked("6.0", "Higher than before", HIGHER),
    Exercise(
        "6.1",
        "Two sentences",
        10,
        "widget",
        "a Real trajectories widget with two sentences shown, or a link that its Copy link button gave",
        _spring(),
    ),
    Exercise("6.2", "When the topic overtakes", 20, "numpy", "a dictionary from each of the nine words to a layer, or to None", TOPIC),
    Exercise("6.3", "Repair the sentence", 10, "hand", 'a set of rows from "trained", "dealt", "shuffled" and "shuffled model"', REPAIR),
    Exercise(
        "6.4",
        "Without itself",
        15,
        "numpy",
        "six shares, one a sentence, to three decimals: how much of the weight of *bank* goes elsewhere",
        WITHOUT_ITSELF,
    ),
    Exercise("6.5", "Farther than chance", 20, "numpy", "two counts of heads: with the force, and against it", FARTHER),
    Exercise(
        "6.6",
        "Heads without a name",
        20,
        "numpy",
        "two counts of heads: those that cost more than 0.1 nats when they write zero, and those of them that have no name",
        UNNAMED,
    ),
    Exercise(
        "6.7",
        "Earlier than light",
        20,
        "widget",
        "a Real trajectories widget with three sentences of your own, two of them with the same letter, or a link that its Copy link button gave",
        EARLIER,
    ),
    Exercise(
        "6.8",
        "One head decides",
        25,
        "widget",
        "a Real trajectories widget with one sentence of your own, two words to read it by and one head off, or a link that its Copy link button gave",
        DECIDES,
    ),
    Exercise(
        "6.9",
        "As if nothing had happened",
        20,
        "widget",
        "two things: a Real trajectories widget with one sentence of your own, M QᵀK for a head's V and all tokens moved by 3.5 % at most, "
        "or its link; and how far they move with that head off instead, a share to three decimals or per cent to one",
        REPLACED,
    ),
)
