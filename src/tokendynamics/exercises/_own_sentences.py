"""Exercises of Chapter 6 on a reader's own sentences. The model runs here, in the widget or anew, and measured numbers decide.

The bars, and what makes them bars; the solutions print the numbers:

- Senses part where the gap has grown by WIDE since the embedding. None of the eighteen threes of the book's *light* sentences comes so far
  by layer EARLY, nor does any three of the book with its letters dealt wrongly; of the other words' threes 8 in 100 do.
- A reading is sure where the cosines with its two words differ by SURE. In the last layer, where heads matter most, one in nine moves the
  difference by as much; the one that matters most to a sentence by 0.03.
- States hardly move where all tokens' last ones end within HARDLY of their length: so they do for two of 72 heads in a plain sentence.
"""

from collections import Counter

import numpy as np

from ..real import bent, minilm, own
from ..real.senses import within_across
from ._judges import RIGHT, Custom, Finding, State, shown
from ._reading import Unreadable, describe, items, numbers

WIDE, EARLY = 0.12, 2
SURE = 0.02
HARDLY = 0.035
SLACK = 0.001  # a meter rounds, and 8 bits a number are not 32
NEAR = 2 * SLACK


def _packed_model():
    """Where the packed model is the one that reads, it is there before the clock starts: in a page it comes over a network."""
    try:
        if minilm.missing():
            minilm.load(packed=True)
    except OSError:
        raise Unreadable("the model that is to read the sentences did not come. Check again when the connection is back") from None


def _reading(widget, count):
    """What the model read; Unreadable where it is not `count` sentences of the reader's own."""
    if not widget.sentences:
        raise Unreadable("it shows sentences of the book, and has none of your own")
    if widget.reading is None:
        raise Unreadable("the model cannot follow its sentences")
    if len(widget.sentences) != count:
        raise Unreadable(f"the number of sentences of your own is {len(widget.sentences)}, and should be {count}")
    return widget.reading


# ------------------------------------------------------------------ earlier than light
PARTING = {
    "light itself": "The word to beat is not the answer. Find another one.",
    "a changed model": "A head or a part of the layers is changed here. Press *As learned*: the exercise is about the model as it is.",
    "no two alike": "Give the same letter to two of the sentences, and another to the third. A gap needs a pair within a sense.",
    "a copy for a second sentence": "The two sentences of one sense share most of their words, so their tokens stay together whatever the "
    "word means. Write the second one anew.",
    "two senses under one letter": "The pair with the same letter does not end as the nearest of the three. Which two use the word alike?",
    "place for sense": "This gap is wide because it began wide. In the embedding no token has seen another; what differs there is the place "
    "in the sentence. What counts is how much the gap grows.",
    "late, as light is": "Its senses part, but in a layer in which those of *light* have parted too.",
    "the senses hardly part": "In no layer has the gap grown wide. *crane* is such a word.",
}


def _copied(reading):
    """Whether the two sentences of one sense share more than half of the shorter one's words, the followed one aside."""
    often = Counter(run.sense for run in reading.runs)
    one, other = ({t for t in run.tokens if t.isalpha() and t != run.word} for run in reading.runs if often[run.sense] == 2)
    return 2 * len(one & other) > min(len(one), len(other)) or not (one and other)


def _parts_early(widget):
    reading = _reading(widget, 3)
    if reading.runs[0].word == "light":
        return "light itself"
    if not bent.neutral(widget.change):
        return "a changed model"
    if len({run.sense for run in reading.runs}) != 2:
        return "no two alike"
    if _copied(reading):
        return "a copy for a second sentence"
    word = reading.runs[0].word
    within, across = within_across(reading.data, word)
    if within[-1] < max(reading.data["words"][word]["cosines"]["word"][-1]):
        return "two senses under one letter"
    grown = (within - across) - (within - across)[0]  # (L + 1,)
    if grown[: EARLY + 1].max() >= WIDE - SLACK:
        return RIGHT
    if (within - across)[EARLY] >= WIDE - SLACK:
        return "place for sense"
    return "late, as light is" if grown.max() >= WIDE - SLACK else "the senses hardly part"


# ------------------------------------------------------------------ one head decides
DECIDING = {
    "nothing is off": "The model is as it learned. Choose the head under *Change*, and press *Off*.",
    "every layer for one head": "A part of every layer is switched off. Which of its heads was it?",
    "bent, not off": "The head still writes. Off is its V times 0.",
    "the reading stays": "With the head off, the word is still nearer to the same one of the two.",
    "a tie that anything tips": "The word is about as near to the one as to the other, before or after. So little is tipped by many a head.",
    "not this head alone": "Another head of the layer, switched off in its stead, tips the reading too.",
}


def _lean(reading, change=bent.NOTHING):
    """By how much the followed token ends nearer to the first anchor than to the second."""
    ((one, other),) = own.towards(reading, change)
    return one - other


def _head_decides(widget):
    reading, change = _reading(widget, 1), widget.change
    if reading.anchors is None:
        raise Unreadable("it has no two words to read the sentence by: they stand under View, towards two words of yours")
    if bent.neutral(change):
        return "nothing is off"
    if change.without != "nothing":
        return "every layer for one head"
    if change.gain != 0:
        return "bent, not off"
    before, after = _lean(reading), _lean(reading, change)
    if before * after > 0:
        return "the reading stays"
    if min(abs(before), abs(after)) < SURE - SLACK:
        return "a tie that anything tips"
    others = (change._replace(head=head) for head in range(1, reading.model.n_heads + 1) if head != change.head)
    return "not this head alone" if any(before * _lean(reading, other) <= 0 for other in others) else RIGHT


# ------------------------------------------------------------------ M QᵀK in the place of V
REPLACING = {
    "off for replaced": "This head is switched off. Choose M QᵀK for its V, and leave the factor of V at 1.",
    "random for M QᵀK": "This V is random, the control. Choose the other one.",
    "its V is the learned one": "Under *Change* the head has the V that it learned.",
    "two things changed at once": "Beside V, the factors or a part of every layer are changed. Let V alone differ.",
    "more than next to nothing": "With M QᵀK in the place of V the tokens end farther off than this exercise allows.",
    "control forgotten": "Your number is how far M QᵀK moves the tokens. How far do they move with the head off?",
    "one token for all": "This is how far the followed token moves. Read the line below it.",
    "other heads for this one": "This is the mean over other heads of the layer, each switched off. What does this one do?",
}


def _replaced_alone(change):
    """The name of the mistake where V is not replaced by M QᵀK, or not V alone."""
    if change.value == "random":
        return "random for M QᵀK"
    if change.value == "learned":
        return "off for replaced" if change.gain == 0 else "its V is the learned one"
    return None if change == bent.Change(change.layer, change.head, value="law") else "two things changed at once"


def _hardly_changes(answer):
    given = items(answer)
    if len(given) != 2:
        raise Unreadable(f"got {describe(answer)}")
    widget, said = shown("RealTrajectories", given[0]), numbers(given[1])
    if said.ndim or not 0 <= said <= 100:
        raise Unreadable(f"got {describe(given[1])}, which is not one share")
    said = said / 100 if said > 1 else said  # per cent will do
    reading, change = _reading(widget, 1), widget.change
    if mistake := _replaced_alone(change):
        return mistake
    moved = own.measured(reading, change, controls=False)["moved"]["all"][-1]
    if moved > HARDLY + SLACK:
        return "more than next to nothing"
    off = bent.Change(change.layer, change.head, gain=0.0)
    lost = own.measured(reading, off)
    if abs(said - lost["moved"]["all"][-1]) <= NEAR:
        return Finding(RIGHT, _why(moved, lost["moved"]["all"][-1]))
    known = {"control forgotten": moved, "one token for all": lost["moved"]["word"][-1]}
    known["other heads for this one"] = np.mean([each[-1] for each in lost["control"]["all"]])
    return next((name for name, wrong in known.items() if abs(said - wrong) <= NEAR), None)


def _why(moved, lost):
    if moved < lost / 2:
        return "And it is a rare one: off, the head costs more than twice as much, so M QᵀK keeps more than half of what it did here."
    return "Off, the head costs less than twice as much: there was little to lose, and most of it may be lost."


EARLIER = State("RealTrajectories", _parts_early, PARTING, _packed_model)
DECIDES = State("RealTrajectories", _head_decides, DECIDING, _packed_model)
REPLACED = Custom(_hardly_changes, REPLACING, _packed_model)
