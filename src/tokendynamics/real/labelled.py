"""Sentences with labels: 252 short ones written for this book, and the rows that a probe reads of each.

The file has a sentence a line: its part (a, b, c or d), its class, its sentiment, and its words, of which some are
marked as word/label: person, place, organisation, none, or tone for a word that carries the sentiment. No marked word
is marked in two parts, so that a probe scored on a part has seen none of its marked words. The mark at a sentence's
end is left out of what the model reads: it would give the class away.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .. import _checks, _data
from .._typing import Array, Integers

SENTENCES = _data.DATA / "labelled_sentences.tsv"
PARTS = ("a", "b", "c", "d")
TASKS = {
    "entity": ("person", "place", "organisation", "none"),
    "class": ("statement", "question", "command"),
    "sentiment": ("positive", "negative", "neutral"),
}
TONE = "tone"
_MARKED = re.compile(r"(?P<word>[^\s/]+)/(?P<label>[a-z]+)")


class Sentence(NamedTuple):
    """One line of the file."""

    part: str
    kind: str  # the sentence class
    sentiment: str
    text: str  # as the model reads it, without the mark at its end
    marks: tuple[tuple[int, int, str], ...]  # (start, end, label) in characters of `text`


def read(path: Path | str = SENTENCES) -> list[Sentence]:
    """The sentences of a tab-separated file with part, class, sentiment and sentence in its first line.

    Raises ValueError for a part, label or class that is not one of PARTS, TASKS or TONE.
    """
    columns = ("part", "class", "sentiment", "sentence")
    return [parse(*(row[name] for name in columns)) for row in _data.rows(path, *columns)]


def parse(part: str, kind: str, sentiment: str, sentence: str) -> Sentence:
    """A `Sentence` from one line of the file; `kind` is its class."""
    if not isinstance(sentence, str):
        raise ValueError(f"sentence must be text; got {sentence!r:.60}")
    for name, value, allowed in (("part", part, PARTS), ("class", kind, TASKS["class"]), ("sentiment", sentiment, TASKS["sentiment"])):
        if not isinstance(value, str) or value not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(allowed)}; got {value!r:.60} in {sentence!r}")
    text, marks = "", []
    for place in re.split(r"(\S+/[a-z]+)", sentence.rstrip(".?!")):
        marked = _MARKED.fullmatch(place)
        if marked:
            if marked["label"] not in (*TASKS["entity"], TONE):
                raise ValueError(f"label must be one of {', '.join((*TASKS['entity'], TONE))}; got {place!r} in {sentence!r}")
            marks.append((len(text), len(text) + len(marked["word"]), marked["label"]))
        text += marked["word"] if marked else place
    return Sentence(part, kind, sentiment, text, tuple(marks))


class Rows(NamedTuple):
    """What the tasks read, a row each: labels and parts by task, and the model's token numbers in groups of one length.

    `ids` holds an array (sentences, n) for each length n; `pools[task]` a matrix (rows, sentences · n) for each, whose
    rows take means: over the pieces of a marked word, or over all the tokens of a sentence.
    """

    ids: list[Integers]
    pools: dict[str, list[Array]]
    labels: dict[str, Integers]
    parts: dict[str, np.ndarray[Any, np.dtype[np.str_]]]

    def pooled(self, task: str, states: Sequence[Array]) -> Array:
        """Rows (rows, k) of a task from states, one array (sentences, n, k) for each group."""
        return np.concatenate([pool @ s.reshape(-1, s.shape[-1]) for pool, s in zip(self.pools[task], states)])


def rows(tokenizer: Any, sentences: Iterable[Sentence]) -> Rows:
    """`Rows` for sentences. The groups go by number of tokens, so that none is padded."""
    if isinstance(tokenizer, str) or not hasattr(tokenizer, "encode"):
        raise ValueError(f"tokenizer must have encode, as a model's has; got {tokenizer!r:.60}")
    sentences = _sentences(sentences)
    encoded = [tokenizer.encode(sentence.text) for sentence in sentences]
    ids: list[Integers] = []
    pools: dict[str, list[Array]] = {task: [] for task in TASKS}
    labels: dict[str, list[int]] = {task: [] for task in TASKS}
    parts: dict[str, list[str]] = {task: [] for task in TASKS}
    for n in sorted({len(e.ids) for e in encoded}):
        group = [(s, e) for s, e in zip(sentences, encoded) if len(e.ids) == n]
        ids.append(np.array([e.ids for _, e in group]))
        pool: dict[str, list[Array]] = {task: [] for task in TASKS}
        for i, (s, e) in enumerate(group):
            for task, label, which in _read(s, e):
                row = np.zeros((len(group), n), dtype=np.float32)
                row[i, which] = 1 / len(which)
                pool[task].append(row.ravel())
                labels[task].append(TASKS[task].index(label))
                parts[task].append(s.part)
        for task in TASKS:
            pools[task].append(np.reshape(pool[task], (-1, len(group) * n)))
    return Rows(ids, pools, *({task: np.array(v) for task, v in each.items()} for each in (labels, parts)))


def _sentences(sentences):
    sentences = list(sentences) if isinstance(sentences, (list, tuple)) else []
    if not sentences or not all(isinstance(sentence, Sentence) for sentence in sentences):
        raise ValueError(f"sentences must be a list of Sentence, as read or parse gives them; got {sentences!r:.60}")
    return sentences


def _read(sentence, encoding):
    """(task, label, the numbers of the tokens it is read from) for all that a sentence is asked."""
    everything = list(range(len(encoding.ids)))
    yield "class", sentence.kind, everything
    yield "sentiment", sentence.sentiment, everything
    for start, end, label in sentence.marks:
        if label != TONE:
            yield "entity", label, [k for k, (a, b) in enumerate(encoding.offsets) if a < b and start <= a and b <= end]


class Bag(NamedTuple):
    """What a probe reads of words alone.

    Attributes
    ----------
    table : (rows, features) array
        0 and 1.
    labels, parts : (rows,) array
    """

    table: Array
    labels: Integers
    parts: np.ndarray[Any, np.dtype[np.str_]]


def bag(sentences: Sequence[Sentence], task: str) -> Bag:
    """The control that reads words and no vectors: 0 and 1 for each word, rows in the order of `sentences`.

    For a sentence's class or sentiment, the words in it; for an entity, the words just before and just after it.
    """
    _checks.choice("task", task, TASKS)
    found: list[set[Any]] = []
    labels, parts = [], []
    for s in _sentences(sentences):
        words = re.findall(r"\w+", s.text.lower())
        if task != "entity":
            found.append(set(words))
            labels.append(TASKS[task].index(s.kind if task == "class" else s.sentiment))
            parts.append(s.part)
            continue
        for start, end, label in s.marks:
            if label != TONE:
                before, after = (re.findall(r"\w+", text.lower()) for text in (s.text[:start], s.text[end:]))
                found.append({("before", *before[-1:]), ("after", *after[:1])})
                labels.append(TASKS[task].index(label))
                parts.append(s.part)
    names = sorted(set().union(*found), key=str)
    table = np.array([[name in each for name in names] for each in found], dtype=np.float64)
    return Bag(table, np.array(labels), np.array(parts))
