"""A reader's own sentences in a widget: the traits that say which, and what is changed in the model; `real.own` computes them."""

import functools
from typing import Any

import traitlets

from ...real import bent, minilm
from ...real import own as real_own
from .. import _proposals
from .._live import Live, beside

LIMITS = beside(__file__, "limits.json")
OWN = ("sentences", "senses", "anchors", "bent", "beta", "gain", "value", "without")
_READ = ("sentences", "senses", "word", "anchors")  # what a reading is made of
_WORDS = {"value": bent.VALUES, "without": bent.PARTS}
_COMPUTED = "own is computed from the sentences: set those"
_averages = functools.cache(real_own.averages)


@functools.cache
def _model():
    """One for all widgets."""
    return minilm.load()


class OwnSentences(Live):
    """Computes `own` anew where one of its traits changes, once for several that are set together.

    What a reader types in the page and cannot be followed becomes words in `own`; Python is told by ValueError, in the same words.
    Without own sentences `data` is drawn.
    """

    data = traitlets.Dict().tag(sync=True)
    word = traitlets.Unicode().tag(sync=True)
    shown = traitlets.List(traitlets.Int()).tag(sync=True)
    compared = traitlets.List(traitlets.Int()).tag(sync=True)
    basis = traitlets.Unicode("own").tag(sync=True)

    sentences = traitlets.List(traitlets.Unicode()).tag(sync=True)
    senses = traitlets.List(traitlets.Unicode()).tag(sync=True)
    anchors = traitlets.List(traitlets.Unicode()).tag(sync=True)
    bent = traitlets.List(traitlets.Int(), default_value=[1, 1]).tag(sync=True)
    beta = traitlets.Float(1.0).tag(sync=True)
    gain = traitlets.Float(1.0).tag(sync=True)
    value = traitlets.Unicode("learned").tag(sync=True)
    without = traitlets.Unicode("nothing").tag(sync=True)
    own: Any = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)  # what was computed: no state
    asked: Any = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)  # by the page, before its state follows the answer
    answers = traitlets.Bool(False).tag(sync=True)  # the page runs the model itself, and sends `own` for what is changed there
    averages = traitlets.Dict().tag(sync=True)  # of the book's sentences, to stand beside the laws in `own`

    _reading: real_own.Reading | None = None  # kept: a head that is slid changes nothing in it
    _last: dict[str, Any] | None = None  # of `own`, the last that can be drawn
    _seen: dict[str, Any] = {}  # word, shown and compared as they were when all was computed
    _from_page = False

    def __init__(self, **state):
        if "own" in state:
            raise ValueError(_COMPUTED)
        super().__init__(**state)
        self.on_msg(self._send_control)

    @property
    def reading(self) -> real_own.Reading | None:
        """Own sentences as the model read them, for `real.own`; None where there are none, or where they are refused."""
        if not (self.sentences and self.own and "data" in self.own):
            return None
        wanted = {name: self.own["made_of"][name] for name in _READ}
        if not self._reading or self._reading.made_of != wanted:  # the page has read them
            self._reading = real_own.read(_model(), wanted.pop("sentences"), **wanted)
        return self._reading

    @traitlets.default("averages")
    def _of_the_book(self):
        return _averages()

    def set_state(self, sync_data):
        """What the page sends."""
        self._from_page = True
        try:
            super().set_state(sync_data)
        finally:
            self._from_page = False

    def _on_view(self):
        """The data that is drawn: of own sentences where there are some, the last good ones while others are refused."""
        own = self.own if self.own and "data" in self.own else self._last
        return own["data"] if self.sentences and own else self.data

    @property
    def change(self) -> real_own.Change:
        """What is changed in the model, for `real.own`."""
        layer, head = self.bent
        return bent.Change(layer, head, self.beta, self.gain, self.value, self.without)

    def _change_in_words(self):
        """What is changed in the model whose states are drawn, for a still."""
        change = self.change
        if not self.sentences or bent.neutral(change):
            return ""
        values = {"learned": "V", "law": "V replaced by M QᵀK and", "random": "V replaced by a random one and"}[change.value]
        head = f" Head {change.head} of layer {change.layer} is changed: scores times {change.beta:g}, {values} times {change.gain:g}."
        parts = {"nothing": "", "heads": " No head writes.", "mlp": " No MLP writes.", "both": " No head and no MLP writes."}
        return head * bent.of_a_head(change) + parts[change.without]

    def _asked(self):
        senses = self.senses or ["A", "B", "C"][: len(self.sentences)]
        asked = {"sentences": self.sentences, "senses": senses, "word": self.word, "anchors": self.anchors}
        return asked | real_own.said(self.change)

    def _renew(self):
        """Compute `own` where it is not of the traits as they stand."""
        try:
            if len(self.senses) not in (0, len(self.sentences)):
                self.senses = []
            if not self.sentences:
                if self.own is not None:
                    self._show_the_book()
            elif not self.own or self.own["made_of"] != self._asked():
                self._compute()
        except ValueError:  # a trait is not what it may be: the trait's own check says so
            return

    def _compute(self):
        asked, change = self._asked(), self.change
        fresh = not self.own or self.own["made_of"]["sentences"] != self.sentences
        given = {"senses": self.senses, "anchors": self.anchors}
        bent.check(_model(), change)
        try:
            if not self._reading or any(asked[name] != value for name, value in self._reading.made_of.items()):
                self._reading = real_own.read(_model(), self.sentences, word=self._word_to_follow(fresh), **given)
        except real_own.Refused as why:
            self._reading = None
            self.own = real_own.refused(why, self.sentences, word=self.word, change=change, **given)
            return
        with self.hold_sync():
            self.own = real_own.measured(self._reading, change, controls=not self._from_page)
            self._fit(self._reading.made_of["word"], fresh)

    @traitlets.observe("asked")
    def _answer(self, change):
        """What the page asks for is answered in `own`, which may refuse it; the traits stay, and follow where the page takes the answer."""
        nth, asked = self.asked["nth"], {name: self.asked[name] for name in _READ}
        changed = bent.Change(*self.asked["bent"], *(self.asked[name] for name in ("beta", "gain", "value", "without")))
        bent.check(_model(), changed)
        texts, more = asked["sentences"], {"senses": asked["senses"], "word": asked["word"] or None, "anchors": asked["anchors"]}
        try:
            if not self._reading or self._reading.made_of != asked:
                self._reading = real_own.read(_model(), texts, **more)
            found = real_own.measured(self._reading, changed, controls=False)
        except real_own.Refused as why:
            found = real_own.refused(why, texts, change=changed, **more)
        self.own = found | {"nth": nth}  # so that what was asked twice is answered twice

    def _word_to_follow(self, fresh):
        """The word; but one that stayed while the sentences changed goes where they do not share it."""
        if fresh and self.word == self._seen.get("word") and self.word not in real_own.typed(_model(), self.sentences).shared:
            return None
        return self.word

    def _show_the_book(self):
        self._reading, self._last = None, None
        with self.hold_sync():
            self.own = None
            self._fit(self.word if self.word in self.data["words"] else next(iter(self.data["words"])), fresh=True)

    def _fit(self, word, fresh):
        """The word, and which sentences are drawn and compared; of `fresh` ones all, where nobody has chosen."""
        data = self._on_view()
        own = data["words"][word]["sentences"]
        if self.word != word:
            self.word = word
        for name, every in (("shown", own), ("compared", _opening(data, word))):
            value = getattr(self, name)
            if not set(value) <= set(own) or (fresh and value == self._seen.get(name)):
                setattr(self, name, every)

    def _send_control(self, widget, content, buffers):
        """The page asks for the controls when the hand rests: they take as long as five changes."""
        if content == {"want": "control"} and self._reading and self.own and self.own["made_of"] == self._asked():
            self.own = self.own | {"control": real_own.control(self._reading, self.change)}

    @traitlets.observe("word", "shown", "compared", *OWN)
    def _follow(self, change):
        if not (self._from_page and self.answers):
            self._renew()
        if self.basis == "anchors" and not (self.sentences and self.anchors):
            self.basis = "own"
        self._seen = {name: getattr(self, name) for name in ("word", "shown", "compared")}

    @traitlets.observe("own")
    def _keep(self, change):
        if change["new"] is None or "data" in change["new"]:
            self._last = change["new"]

    @traitlets.validate("sentences")
    def _check_own_sentences(self, proposal):
        value = proposal["value"]
        if len(value) > real_own.MOST:
            raise ValueError(f"sentences must be at most {real_own.MOST}; got {len(value)}")
        if value and not self._from_page:
            real_own.typed(_model(), value, anchors=self.anchors)
        return value

    @traitlets.validate("senses")
    def _check_senses(self, proposal):
        if len(proposal["value"]) not in (0, len(self.sentences)):
            raise ValueError(f"senses must be one for each of the {len(self.sentences)} sentences; got {len(proposal['value'])}")
        return proposal["value"]

    @traitlets.validate("anchors")
    def _check_anchors(self, proposal):
        value = proposal["value"]
        if len(value) not in (0, 2):
            raise ValueError(f"anchors must be two words or none; got {len(value)}")
        if value and self.sentences and not self._from_page:
            real_own.typed(_model(), self.sentences, anchors=value)
        return value

    @traitlets.validate("bent")
    def _check_bent(self, proposal):
        value = proposal["value"]
        layers, heads = len(self.data["common"]["by_layer"]) - 1, self.data.get("attention", {"heads": 12})["heads"]
        if len(value) != 2 or not (1 <= value[0] <= layers and 1 <= value[1] <= heads):
            raise ValueError(f"bent must be [layer, head], from [1, 1] to [{layers}, {heads}]; got {value}")
        return value

    @traitlets.validate("own")
    def _check_own(self, proposal):
        value = proposal["value"]
        if value is not None and not ("made_of" in value and ("data" in value or "refused" in value)):
            raise ValueError(_COMPUTED)
        return value

    _check_change = _proposals.choices(_WORDS)
    _check_numbers = _proposals.numbers(LIMITS, "beta", "gain")


def _opening(data, word):
    """The first sentence of the word, and the first of another sense where there is one."""
    ids = data["words"][word]["sentences"]
    others = [i for i in ids if data["sentences"][i]["sense"] != data["sentences"][ids[0]]["sense"]] or ids[1:]
    return [ids[0], *others[:1]]
