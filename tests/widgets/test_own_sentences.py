"""RealTrajectories with a reader's own sentences: what the traits may be, what is computed and when, and how it goes to links, copies and paper."""

import copy
import json
import pickle

import pytest

from tokendynamics.real import bent, own
from tokendynamics.real.bent import Change
from tokendynamics.widgets import RealTrajectories
from tokendynamics.widgets.real_trajectories import _own_sentences as own_sentences

PAIR = ["Turn on the light, please.", "The suitcase was light and small."]
THREE = ["The palm was warm.", "A tall palm grew by the sea.", "He read my palm."]
ODD = ["Ist das “Licht” an? — 'Ja', \"yes\" \\n; #1 & 50 % ~_é", "Licht: 光 и свет 🙂"]
CHANGED = {"bent": [3, 4], "beta": 2.0, "gain": -0.5, "value": "law", "without": "mlp"}
MODEL = own_sentences._model()


@pytest.fixture
def counted(monkeypatch):
    """How often sentences are read by the model, and measured."""
    counts = {"read": 0, "measured": 0, "typed": 0}

    def counting(name, function):
        def called(*args, **more):
            counts[name] += 1
            return function(*args, **more)

        return called

    for name in counts:
        monkeypatch.setattr(own, name, counting(name, getattr(own, name)))
    return counts


@pytest.fixture
def widget():
    return RealTrajectories(sentences=PAIR, word="light")


@pytest.fixture(scope="module")
def lasting():
    """One for all tests after which it is as it was."""
    return RealTrajectories(sentences=PAIR, word="light")


def test_it_computes_at_once_and_shows_what_it_computed(widget):
    assert widget.own == json.loads(json.dumps(own.own(MODEL, PAIR, word="light")))
    assert (widget.word, widget.shown, widget.compared) == ("light", [0, 1], [0, 1])
    assert widget.averages == own.averages() and "own" not in widget.state() and "averages" not in widget.state()
    assert RealTrajectories().own is None and RealTrajectories().state()["sentences"] == []


def test_all_that_is_asked_for_is_computed():
    more = {"senses": ["sun", "feather"], "anchors": ["lamp", "heavy"], "word": "the", **CHANGED}
    widget = RealTrajectories(sentences=PAIR, **more, basis="anchors", shown=[1], compared=[1], layer=2.5, head=3)
    change = Change(3, 4, beta=2.0, gain=-0.5, value="law", without="mlp")
    assert widget.own == own.own(MODEL, PAIR, senses=["sun", "feather"], word="the", anchors=["lamp", "heavy"], change=change)
    assert widget.own["control"]["heads"] and (widget.basis, widget.shown, widget.compared, widget.layer) == ("anchors", [1], [1], 2.5)


def test_a_change_in_python_is_computed_once(widget, counted):
    before = widget.own
    widget.gain = 0.0
    assert widget.own["moved"]["word"][-1] > 0 and before["moved"] is None
    assert counted == {"read": 0, "measured": 1, "typed": 0}  # a head that is slid asks neither tokenizer nor model again
    with widget.hold_trait_notifications():
        widget.bent, widget.beta, widget.value = [2, 5], 0.5, "random"
    assert counted["measured"] == 2 and widget.own["made_of"]["bent"] == [2, 5] and widget.own["made_of"]["value"] == "random"
    widget.layer, widget.head, widget.shown, widget.trails = 3.0, 5, [0], False
    widget.gain = 0.0
    assert counted["measured"] == 2 and counted["read"] == 0
    widget.sentences = THREE
    assert counted["read"] == 1 and counted["measured"] == 3


def test_what_the_page_sends_together_is_computed_once(widget, counted):
    widget.set_state(
        {"sentences": THREE, "senses": ["hand", "tree", "hand"], "word": "palm", "shown": [0, 2], "compared": [2], "beta": 2.0}
    )
    assert (counted["read"], counted["measured"]) == (1, 1)
    assert (widget.word, widget.shown, widget.compared) == ("palm", [0, 2], [2])
    assert widget.own["data"]["words"]["palm"]["senses"] == ["hand", "tree"] and widget.own["made_of"]["beta"] == 2


def test_the_page_gets_controls_when_it_asks(widget, counted):
    widget.set_state({"bent": [3, 4], "gain": 0.0})
    assert widget.own["control"] is None and counted["measured"] == 1
    widget._handle_custom_msg({"want": "control"}, [])
    assert widget.own == own.measured(widget._reading, Change(3, 4, gain=0.0))
    widget.set_state({"gain": 1.0})
    widget._handle_custom_msg({"want": "control"}, [])
    assert widget.own["control"] is None and widget.own["ghost"] is None


def test_what_the_page_has_computed_is_not_computed_again(widget, counted):
    found = own.own(MODEL, THREE)
    counted.update(read=0, measured=0)
    widget.set_state({"sentences": THREE, "word": "palm", "own": found, "shown": [0, 1, 2], "compared": [0, 1]})
    assert widget.own is found and counted["read"] == counted["measured"] == 0


def test_a_page_that_runs_the_model_itself_has_nothing_computed_but_what_a_cell_asks_for(widget, counted):
    found = own.own(MODEL, THREE, word="palm", change=Change(*CHANGED["bent"]))
    counted.update(read=0, measured=0)
    widget.set_state({"answers": True})
    widget.set_state({"bent": CHANGED["bent"]})  # its answer comes later
    widget.set_state({"sentences": THREE, "word": "palm", "shown": [0, 1, 2], "compared": [0, 1], "own": found})
    assert not counted["read"] and not counted["measured"] and widget.own == found
    assert widget.reading.made_of["sentences"] == THREE and widget.reading is widget.reading and counted["read"] == 1
    widget.gain = 0.5
    assert counted["measured"] == 1 and widget.own["made_of"]["gain"] == 0.5


def asked(**more):
    """As the page asks."""
    neutral = {"word": "", "senses": [], "anchors": [], "bent": [1, 1], "beta": 1, "gain": 1, "value": "learned", "without": "nothing"}
    return {"sentences": PAIR, "nth": 1} | neutral | more


def test_what_the_page_asks_is_answered_and_its_state_follows_without_more_work(counted):
    widget = RealTrajectories()
    widget.set_state({"asked": asked(sentences=THREE)})
    assert widget.own == own.own(MODEL, THREE, controls=False) | {"nth": 1} and widget.sentences == [] and widget.word == "light"
    counted.update(read=0, measured=0)
    found = widget.own["made_of"]
    widget.set_state({"sentences": THREE, "word": found["word"], "shown": [0, 1, 2], "compared": [0, 1]})
    assert widget.own["made_of"] == found and counted["read"] == counted["measured"] == 0
    widget.set_state({"asked": asked(sentences=THREE, word="palm", senses=["A", "B", "C"], beta=0.5, nth=2), "beta": 0.5})
    assert widget.own["made_of"]["beta"] == 0.5 and (counted["read"], counted["measured"]) == (0, 1)
    widget.set_state({"asked": asked(sentences=THREE, word="palm", senses=["A", "B", "C"], beta=0.5, nth=3)})
    assert widget.own["nth"] == 3


def test_what_the_page_asks_and_cannot_be_followed_is_answered_in_words(widget):
    before, seen = widget.state(), widget.still()
    widget.set_state({"asked": asked(sentences=["Dogs bark.", "It rained."])})
    assert "share no word" in widget.own["refused"] and widget.state() == before and widget.still() == seen
    widget.set_state({"asked": asked(word="suitcase", nth=2)})
    assert widget.own["shared"] == ["the", "light"]
    widget.set_state({"gain": 0.0})
    assert widget.own["made_of"]["sentences"] == PAIR and widget.own["moved"]


def test_other_sentences_keep_the_word_where_they_share_it():
    widget = RealTrajectories()
    widget.sentences = PAIR
    assert (widget.word, widget.shown, widget.compared) == ("light", [0, 1], [0, 1])
    widget.word = "the"
    assert widget.own["made_of"]["word"] == "the" and list(widget.own["data"]["words"]) == ["the"]
    widget.sentences = [THREE[0], THREE[2]]
    assert (widget.word, widget.shown) == ("palm", [0, 1])
    widget.sentences = THREE
    assert (widget.word, widget.shown) == ("palm", [0, 1, 2])  # the new one too
    widget.shown = [2]
    widget.anchors = ["hand", "tree"]
    widget.gain = 0.0
    assert widget.shown == [2]
    assert RealTrajectories(sentences=["A lamp is the light.", "The light is dim, a lamp is bright."]).word == "light"
    assert RealTrajectories(sentences=["My lamps are dim.", "My lamps are old."]).word == "lamps"


def test_without_sentences_the_book_comes_back():
    widget = RealTrajectories(sentences=THREE, anchors=["hand", "tree"], basis="anchors", gain=0.0)
    widget.sentences = []
    assert widget.own is None and widget.word == "palm" and widget.shown == RealTrajectories(word="palm").shown and widget.basis == "own"
    widget.word = "bank"
    assert widget.compared == [24, 27] and widget.own is None
    widget.sentences = ["My old lamp.", "An old lamp fell."]
    widget.sentences = []
    assert widget.word == "light" and widget.shown == [0, 1, 2, 3, 4, 5] and widget.compared == [0, 3]


def test_senses_and_anchors_go_with_their_sentences():
    widget = RealTrajectories(sentences=PAIR, senses=["on", "off"], anchors=["lamp", "heavy"], basis="anchors")
    widget.sentences = THREE
    assert widget.senses == [] and widget.own["made_of"]["senses"] == ["A", "B", "C"] and widget.basis == "anchors"
    widget.anchors = []
    assert widget.basis == "own" and "anchors" not in widget.own["data"]["sentences"][0]


REFUSED = [
    ({"sentences": [""]}, "Sentence 1 is empty. Type a few words."),
    ({"sentences": ["word " * 500]}, "Sentence 1 has 502 tokens"),
    ({"sentences": ["Cats sleep.", "Dogs bark."]}, "The sentences share no word"),
    ({"word": "suitcase"}, "Sentence 1 has no token “suitcase”. These can be followed: the, light."),
    ({"anchors": ["lamp", ""]}, "Anchor word 2 is empty"),
    ({"sentences": THREE, "word": "light"}, "Sentence 1 has no token “light”. These can be followed: palm."),
]


@pytest.mark.parametrize("typed, words", REFUSED[:-1])
def test_what_a_reader_typed_is_refused_in_words_and_the_picture_stays(widget, typed, words):
    widget.gain = 0.0
    good = widget.still()[1]
    widget.set_state(typed)
    assert words in widget.own["refused"] and "data" not in widget.own
    assert widget.still()[1] == good
    widget.set_state({"beta": 0.5})  # nothing else makes it good
    assert words in widget.own["refused"] and widget.own["made_of"]["beta"] == 0.5
    widget.set_state({"sentences": PAIR, "word": "light", "anchors": []})
    assert widget.own == own.own(MODEL, PAIR, word="light", change=Change(gain=0.0, beta=0.5), controls=False)


def test_the_first_sentence_may_be_refused_too():
    widget = RealTrajectories(word="bank")
    good = widget.still()[1]
    widget.set_state({"sentences": ["..."]})
    assert "has no word" in widget.own["refused"] and widget.still()[1] == good
    widget.set_state({"sentences": []})
    assert widget.own is None and widget.word == "bank" and widget.still()[1] == good


@pytest.mark.parametrize("typed, words", REFUSED)
def test_python_is_told_with_the_same_words(lasting, typed, words):
    with pytest.raises(ValueError, match=words.replace("?", r"\?")):
        RealTrajectories(**{"sentences": PAIR} | typed)
    if len(typed) == 1:
        ((name, value),) = typed.items()
        state, found = lasting.state(), lasting.own
        with pytest.raises(ValueError, match=words):
            setattr(lasting, name, value)
        assert lasting.state() == state and lasting.own is found


@pytest.mark.parametrize(
    "bad, words",
    [
        ({"sentences": ["a"] * 4}, "sentences must be at most 3; got 4"),
        ({"senses": ["on"]}, "senses must be one for each of the 2 sentences; got 1"),
        ({"anchors": ["lamp"]}, "anchors must be two words or none; got 1"),
        ({"bent": [0, 1]}, r"bent must be \[layer, head\], from \[1, 1\] to \[6, 12\]; got \[0, 1\]"),
        ({"bent": [1, 13]}, r"bent must be \[layer, head\]"),
        ({"bent": [1]}, r"bent must be \[layer, head\]"),
        ({"beta": 4.1}, "beta must be a finite number of at least 0 and at most 4; got 4.1"),
        ({"gain": float("nan")}, "gain must be a finite number of at least -1 and at most 2; got nan"),
        ({"value": "none"}, "value must be one of 'learned', 'law', 'random'; got 'none'"),
        ({"without": "layernorm"}, "without must be one of 'nothing', 'heads', 'mlp', 'both'; got 'layernorm'"),
        ({"basis": "anchors"}, "'anchors' needs sentences of your own and two anchors"),
        ({"shown": [2]}, r"shown must be sentences of 'light', from \[0, 1\]; got \[2\]"),
        ({"compared": [3]}, r"compared must be sentences of 'light', from \[0, 1\]; got \[3\]"),
        ({"own": {"data": {}}}, "own is computed from the sentences: set those"),
    ],
)
def test_bad_input_is_refused_and_the_state_kept(lasting, bad, words):
    with pytest.raises(ValueError, match=words):
        RealTrajectories(**{"sentences": PAIR} | bad)
    ((name, value),) = bad.items()
    state, found = lasting.state(), lasting.own
    with pytest.raises(ValueError, match=words):
        setattr(lasting, name, value)
    assert lasting.state() == state and lasting.own is found
    if name not in ("senses", "shown", "compared"):
        with pytest.raises(ValueError, match=words):
            RealTrajectories(**bad)


@pytest.mark.parametrize(
    "sentences, more",
    [(PAIR, CHANGED), (ODD, {"word": "ist"}), (THREE, {"shown": [1], "senses": ["a b", "ß", "~'"]}), (PAIR, {"word": "light"})],
)
def test_links_and_copies_carry_sentences_of_any_script(sentences, more):
    if sentences is ODD:
        sentences, more = [each + " ist" for each in ODD], more
    widget = RealTrajectories(sentences=sentences, **more)
    link = widget.link()
    assert link.isascii() and " " not in link
    for again in (
        RealTrajectories.from_link(f"https://example.org/book.html{link}"),
        pickle.loads(pickle.dumps(widget)),
        copy.deepcopy(widget),
    ):
        assert again.state() == widget.state() and again.own == widget.own
    line = f"RealTrajectories({', '.join(f'{name}={value!r}' for name, value in widget.state().items())})"
    assert eval(line, {"RealTrajectories": RealTrajectories}).state() == widget.state()


@pytest.mark.parametrize("sentences", [PAIR[:1], PAIR, THREE])
@pytest.mark.parametrize(
    "more", [{}, {"basis": "anchors", "anchors": ["lamp", "hand"], "tokens": "all", "layer": 3.5}, {"basis": "common", **CHANGED}]
)
def test_a_still_is_drawn(sentences, more):
    image, words = RealTrajectories(sentences=sentences, **more).still()
    assert image[:4] == b"\x89PNG" and f"in {len(sentences)} of its sentences" in words
    assert ("cosines with “lamp” and “hand”" in words) == ("anchors" in more)
    changed = "Head 4 of layer 3 is changed: scores times 2, V replaced by M QᵀK and times -0.5. No MLP writes."
    assert (changed in words) == ("bent" in more)


def test_one_model_serves_all_and_none_is_read_without_need(monkeypatch):
    own_sentences._model.cache_clear()
    loads = []
    load = own_sentences.minilm.load
    monkeypatch.setattr(own_sentences.minilm, "load", lambda: loads.append(1) or load())
    widget = RealTrajectories(gain=0.0)
    widget.word, widget.beta = "bank", 2.0
    assert widget.own is None and not loads
    RealTrajectories(sentences=PAIR[:1])
    RealTrajectories(sentences=PAIR[1:])
    assert loads == [1]


def test_words_that_change_the_model_are_those_of_the_model():
    assert RealTrajectories().change == bent.NOTHING
