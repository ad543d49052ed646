"""Real trajectories: a word of a real model in its sentences, layer by layer, and the cosines that judge the picture."""

import functools
from typing import Any

import traitlets

from ...real import attention_maps, minilm, senses
from ...real.senses import journeys
from .. import _proposals
from .._live import beside
from .._plots import Plotted

PAIRS = ([1, 2], [1, 3], [2, 3])
LIMITS = beside(__file__, "limits.json")  # degrees of turn and tilt
_shipped = functools.cache(senses.shipped)  # one for all widgets: it takes 2 MB


class RealTrajectories(Plotted):
    """Words with two senses, followed through the six layers of all-MiniLM-L6-v2.

    Parameters
    ----------
    data : dict, default the book's
        From `senses.journeys`. Read once, when the widget is shown. With "attention", from `attention_maps.pack`, the widget also
        shows where heads look.
    word : str
        One of its words.
    layer : float, 0 (the embedding) to 6
        Between whole layers the picture is drawn on straight lines.
    shown : numbers in `data["sentences"]`, default all of the word's
        The sentences to draw.
    basis : "own" or "common"
        Three directions fitted to the word, or to all tokens of all sentences.
    components : [1, 2], [1, 3] or [2, 3]
        Which two of the three directions span the plane.
    dimensions : 2 or 3
        A plane, or all three directions.
    turn : [turn, tilt], degrees
        From where three are looked at.
    tokens : "word" or "all"
        Of the sentences.
    trails : bool
        Whether tokens leave trails.
    compared : one or two sentences of the word
        Set side by side.
    head : int, 1 to 12
        Whose attention in them is shown.

    Notes
    -----
    Bad input raises ValueError.
    """

    view = "real-trajectories"
    state_names = ("word", "layer", "shown", "basis", "components", "dimensions", "turn", "tokens", "trails", "compared", "head")
    given_names = ("data",)

    data = traitlets.Dict().tag(sync=True)
    word = traitlets.Unicode().tag(sync=True)
    layer = traitlets.Float(0.0).tag(sync=True)
    shown = traitlets.List(traitlets.Int()).tag(sync=True)
    basis = traitlets.Unicode("own").tag(sync=True)
    components = traitlets.List(traitlets.Int(), default_value=[1, 2]).tag(sync=True)
    dimensions = traitlets.Int(2).tag(sync=True)
    turn = traitlets.List(traitlets.Float(), default_value=[-60.0, 20.0]).tag(sync=True)
    tokens = traitlets.Unicode("word").tag(sync=True)
    trails = traitlets.Bool(True).tag(sync=True)
    compared = traitlets.List(traitlets.Int()).tag(sync=True)
    head = traitlets.Int(1).tag(sync=True)

    def __init__(self, *, data=None, **state):
        data = _shipped() if data is None else data
        word = state.setdefault("word", next(iter(data["words"])))
        if word in data["words"]:  # if not, the trait's check says so
            state.setdefault("shown", data["words"][word]["sentences"])
            state.setdefault("compared", _opening(data, word))
        super().__init__(data=data, **state)

    @classmethod
    def of(cls, sentences, word, *, senses=None, **state):
        """The widget for sentences of your own that share `word`; needs the weights, see `minilm.missing`.

        `senses` names the sense of each sentence; without it each is a sense of its own, "A", "B", …
        """
        sentences = list(sentences)
        senses = [chr(ord("A") + i) for i in range(len(sentences))] if senses is None else list(senses)
        if len(senses) != len(sentences):
            raise ValueError(f"senses must be one for each of the {len(sentences)} sentences; got {len(senses)}")
        rows = [(word, sense, sentence) for sense, sentence in zip(senses, sentences)]
        model = minilm.load()
        data = journeys(model, rows)
        data["attention"] = attention_maps.pack([model.attentions(sentence) for sentence in sentences])
        return cls(data=data, word=word, **state)

    def still(self) -> tuple[bytes, str]:
        from ...figures.style import png
        from .still import alt, still

        state = {name: getattr(self, name) for name in ("word", "layer", "shown", "basis", "components", "tokens", "trails")}
        return png(still(self.data, **state)), alt(self.data, **state)

    @traitlets.validate("word", "basis", "tokens")
    def _check_choice(self, proposal):
        allowed = {"word": self.data["words"], "basis": ["own", "common"], "tokens": ["word", "all"]}
        return _proposals.choice(proposal, allowed[proposal["trait"].name])

    @traitlets.validate("layer")
    def _check_layer(self, proposal):
        return _proposals.moment(proposal, len(self.data["common"]["by_layer"]) - 1)

    @traitlets.validate("shown", "compared")
    def _check_sentences(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        own = self.data["words"][self.word]["sentences"] if self.word in self.data["words"] else []
        strange = [each for each in value if each not in own]
        if strange:
            raise ValueError(f"{name} must be sentences of {self.word!r}, from {own}; got {strange}")
        if name == "compared" and not 1 <= len(value) <= 2:
            raise ValueError(f"compared must be one or two sentences; got {value}")
        return sorted(set(value)) if name == "shown" else value

    @traitlets.validate("components")
    def _check_components(self, proposal):
        if proposal["value"] not in PAIRS:
            raise ValueError(f"components must be [1, 2], [1, 3] or [2, 3]; got {proposal['value']}")
        return proposal["value"]

    @traitlets.validate("dimensions", "head")
    def _check_whole(self, proposal):
        limits = {"dimensions": (2, 3), "head": (1, self.data.get("attention", {"heads": 12})["heads"])}
        return _proposals.whole(proposal, *limits[proposal["trait"].name])

    @traitlets.validate("turn")
    def _check_turn(self, proposal):
        value, turn, tilt = proposal["value"], LIMITS["turn"], LIMITS["tilt"]
        if len(value) != 2 or not all(own["min"] <= angle <= own["max"] for angle, own in zip(value, (turn, tilt))):
            raise ValueError(f"turn must be [turn, tilt] in degrees, to ±{turn['max']} and ±{tilt['max']}; got {value}")
        return value

    @traitlets.observe("word")
    def _show_its_sentences(self, change):
        own = self.data["words"][change["new"]]["sentences"]
        if not set(self.shown) <= set(own):
            self.shown = own
        if not set(self.compared) <= set(own):
            self.compared = _opening(self.data, change["new"])


def _opening(data, word):
    """The first sentence of the word, and the first of another sense where there is one."""
    ids = data["words"][word]["sentences"]
    others = [i for i in ids if data["sentences"][i]["sense"] != data["sentences"][ids[0]]["sense"]] or ids[1:]
    return [ids[0], *others[:1]]


def trajectories_of(*sentences: str, word: str | None = None, **state: Any) -> RealTrajectories:
    """Real trajectories of sentences of your own; needs the weights, see `minilm.missing`.

    One sentence is shown with all its tokens, several with the word's.

    Parameters
    ----------
    *sentences : str
    word : str, optional
        The token to follow, which each sentence must have; without it, the longest that all of them share.
    **state
        Of the widget.

    Raises
    ------
    ValueError
        Where no token is shared.
    """
    model = minilm.load()
    if not sentences:
        raise ValueError("sentences must be at least one text; got none")
    if word is None:
        tokens = [model.tokens(sentence)[1:-1] for sentence in sentences]
        shared = [name for name in tokens[0] if name.isalpha() and all(name in others for others in tokens)]
        if not shared:
            raise ValueError("sentences must share a token to follow; these share none: name one with word=, or show them one by one")
        word = max(shared, key=len)
    if len(sentences) == 1:
        state = {"tokens": "all", "basis": "common"} | state
    return RealTrajectories.of(sentences, word, **state)
