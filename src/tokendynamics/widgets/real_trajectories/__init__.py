"""Real trajectories: a word of a real model in its sentences, layer by layer, and the cosines that judge the picture."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import traitlets

from ...real import attention_maps, minilm, senses
from ...real import own as real_own
from ...real.senses import journeys
from .. import _proposals
from ._own_sentences import LIMITS, OWN, OwnSentences, _model, _opening

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

PAIRS = ([1, 2], [1, 3], [2, 3])
_OF_OWN = ("word", "shown", "compared", "basis")  # which depend on the sentences
_shipped = functools.cache(senses.shipped)  # one for all widgets: it takes 2 MB


class RealTrajectories(OwnSentences):
    """Words with two senses, followed through the six layers of all-MiniLM-L6-v2; or a word in sentences of your own.

    Parameters
    ----------
    data : dict, default the book's
        From `senses.journeys`. Read once, when the widget is shown. With "attention", from `attention_maps.pack`, the widget also
        shows where heads look.
    word : str
        One of its words; of own sentences a token that all of them share, by default the longest.
    layer : float, 0 (the embedding) to 6
        Between whole layers the picture is drawn on straight lines.
    shown : numbers in `data["sentences"]`, default all of the word's
        The sentences to draw.
    basis : "own", "common" or "anchors"
        Three directions fitted to the word, or to all tokens of all sentences; or cosines with the two anchors.
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
    sentences : list of up to three texts, default none
        Your own, which go through the model here and now; without them `data` is shown.
    senses : list of str, default "A", "B", "C"
        The sense of each of them.
    anchors : two words, default none
        Whose states tokens are compared with in the basis "anchors".
    bent : [layer, head], from 1
        The head that is changed.
    beta : float, 0 to 4
        Factor of its scores.
    gain : float, −1 to 2
        Factor of its V.
    value : "learned", "law" or "random"
        Its V: as learned; M QᵀK, equation (13); or random of the same size.
    without : "nothing", "heads", "mlp" or "both"
        What writes nothing, in every layer.

    Notes
    -----
    `own` is what was computed of own sentences, as `real.own.own` returns it. Bad input raises ValueError.
    """

    view = "real-trajectories"
    state_names = ("word", "layer", "shown", "basis", "components", "dimensions", "turn", "tokens", "trails", "compared", "head", *OWN)
    given_names = ("data",)

    layer = traitlets.Float(0.0).tag(sync=True)
    components = traitlets.List(traitlets.Int(), default_value=[1, 2]).tag(sync=True)
    dimensions = traitlets.Int(2).tag(sync=True)
    turn = traitlets.List(traitlets.Float(), default_value=[-60.0, 20.0]).tag(sync=True)
    tokens = traitlets.Unicode("word").tag(sync=True)
    trails = traitlets.Bool(True).tag(sync=True)
    head = traitlets.Int(1).tag(sync=True)

    def __init__(self, *, data=None, **state):
        data = _shipped() if data is None else data
        later = [name for name in (*_OF_OWN, *OWN) if name in state] if state.get("sentences") else []
        mine = {name: state.pop(name) for name in later}
        if mine:  # ValueError for what cannot be followed, before anything is made
            real_own.typed(_model(), mine["sentences"], word=mine.get("word"), anchors=mine.get("anchors", ()))
        word = state.setdefault("word", next(iter(data["words"])))
        if word in data["words"]:  # if not, the trait's check says so
            state.setdefault("shown", data["words"][word]["sentences"])
            state.setdefault("compared", _opening(data, word))
        super().__init__(data=data, **state)
        with self.hold_trait_notifications():
            for name, value in mine.items():
                setattr(self, name, value)

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
        from .._stills import moment
        from .still import alt, still

        data = self._on_view()
        state = self._drawn(data) | {"components": self.components, "layer": moment(self.layer, len(data["common"]["by_layer"]) - 1)}
        return png(still(data, **state)), alt(data, **state) + self._change_in_words()

    def figure(self) -> Figure:
        """What is shown now, in all three directions, as a Plotly figure, to restyle or to export; plotly has to be installed.

        Returns
        -------
        plotly.graph_objects.Figure
        """
        from .plot import figure

        data = self._on_view()
        own = self.own if self.own and "data" in self.own else self._last
        ghost = own.get("ghost") if self.sentences and own else None
        return figure(data, **self._drawn(data), turn=self.turn, ghost=ghost)

    def _drawn(self, data):
        """The state that is drawn of `data`; where the word is refused, the last good picture stays."""
        state = {name: getattr(self, name) for name in ("word", "layer", "shown", "basis", "tokens", "trails", "anchors")}
        if self.word in data["words"]:
            return state
        word = next(iter(data["words"]))
        return state | {"word": word, "shown": data["words"][word]["sentences"]}

    @traitlets.validate("word")
    def _check_word(self, proposal):
        if not self.sentences:
            return _proposals.choice(proposal, self.data["words"])
        return proposal["value"] if self._from_page else real_own.typed(_model(), self.sentences, word=proposal["value"]).word

    @traitlets.validate("tokens")
    def _check_tokens(self, proposal):
        return _proposals.choice(proposal, ["word", "all"])

    @traitlets.validate("basis")
    def _check_basis(self, proposal):
        if proposal["value"] == "anchors" and not (self.sentences and self.anchors):
            raise ValueError("basis must be 'own' or 'common' here: 'anchors' needs sentences of your own and two anchors")
        return _proposals.choice(proposal, ["own", "common", "anchors"])

    @traitlets.validate("layer")
    def _check_layer(self, proposal):
        return _proposals.moment(proposal, len(self.data["common"]["by_layer"]) - 1)

    @traitlets.validate("shown", "compared")
    def _check_sentences(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        self._renew()
        words = self._on_view()["words"]
        own = words[self.word]["sentences"] if self.word in words else []
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
        if self.word in self._on_view()["words"]:
            self._fit(self.word, fresh=False)


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
