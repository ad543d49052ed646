"""A seeded grammar of short English sentences, with the article's four tasks written on every one of them.

next      : the word that comes next, at every word but the last
entity    : none, person, place or organisation, at every word
class     : statement, question or request, asked at the full stop
sentiment : negative or positive, what the sentence says about the thing it judges, asked at the full stop

The grammar is made so that the words without their order do not tell everything: they tell a request, and not a question from a
statement. Any name can be a person, a place or an organisation, and only what stands
before it says which. A question has the words of a statement in another order, and ends in a full stop too: a question mark
would give it away. "not" and "never" turn a judgement round, but only right before it; other adjectives, and denials in relative
clauses, are there to mislead. "was" or "were" depends on a noun that may be far back. The sentences are about nobody.
Bad input raises ValueError.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from .. import _checks
from .._typing import Flags, Integers

NAMES = tuple(
    "Aurora Austin Carson Chelsea Dallas Florence Georgia Houston Jordan Lincoln Madison Milan Morgan Paris Phoenix Savannah Sydney Victoria".split()
)
ENTITIES = ("none", "person", "place", "organisation")
CLASSES = ("statement", "question", "request")
SENTIMENTS = ("negative", "positive")
# never met together in training: every second name lacks one of its roles, three names a role
HELD_OUT = frozenset((name, ENTITIES[1 + i % 3]) for i, name in enumerate(NAMES) if i % 2 == 0)
PLACES = 24  # no sentence is longer

_ROLES = {"P": "person", "L": "place", "O": "organisation"}
_CUES = {"P": ("friend", "by"), "L": ("resident", "from"), "O": ("owner", "for")}  # a noun before "of"; a preposition
_GOOD, _BAD = ("good", "great", "lovely", "superb"), ("bad", "dull", "awful", "poor")
_THINGS = ("film", "meal", "match", "book")
VOCABULARY = (
    "", ".", "the", "of", "that", "why", "to", "did", "do", "does", "say", "ask", "was", "were", "not", "never", "see",
    *(form for cues in _CUES.values() for form in (cues[0], cues[0] + "s", cues[1])),
    *(form for thing in _THINGS for form in (thing, thing + "s" * (thing != "match") + "es" * (thing == "match"))),
    *_GOOD, *_BAD, *NAMES,
)  # fmt: skip
TASKS = {"next": VOCABULARY, "entity": ENTITIES, "class": CLASSES, "sentiment": SENTIMENTS}


class Sentences(NamedTuple):
    """n sentences, padded at the end with word 0, the empty one, to `PLACES`."""

    words: Integers  # (n, PLACES) places in VOCABULARY
    lengths: Integers  # (n,)
    targets: dict[str, Integers]  # {task: (n, PLACES)} classes, −1 where nothing is asked

    def text(self, i: int) -> str:
        """Sentence i as it is read."""
        return " ".join(VOCABULARY[w] for w in self.words[i, : self.lengths[i]])

    def counted(self, task: str) -> Flags:
        """Where the task counts in a score, (n, PLACES): where it is asked, and the entity at names alone, as all other words are none."""
        target = self.targets[_checks.choice("task", task, self.targets)]
        return target > 0 if task == "entity" else target >= 0


class Split(NamedTuple):
    """No sentence is in two parts. In `pairs` each sentence has a name in a role that it never has in `train` or `test`,
    and the entity is asked at such names alone."""

    train: Sentences
    test: Sentences
    pairs: Sentences


_Labelled: TypeAlias = tuple[list[str], list[str], str, str]  # a sentence: words, an entity each, class, sentiment


def _sentence(rng: np.random.Generator) -> _Labelled:
    """One sentence of at most `PLACES` words: (words, entities, class, sentiment), two lists of one length and two strings."""
    body = None
    while body is None or len(body) > PLACES:  # the one mark in it stands where the full stop will
        kind = CLASSES[rng.integers(3)]
        body = _body(rng, kind)
    sentiment = next(w[1:] for w in body if w[0] == "+")
    words = [w for w in body if w[0] != "+"] + ["."]
    entities = [_ROLES[w[0]] if w[1:2] == ":" else "none" for w in words]
    return [w[2:] if w[1:2] == ":" else w for w in words], entities, kind, SENTIMENTS[sentiment == "good"]


def split(seed: int = 0, *, train: int = 8000, test: int = 1000, pairs: int = 500) -> Split:
    """Distinct sentences, the same for the same arguments.

    Parameters
    ----------
    seed : int, default 0
    train, test, pairs : int, default 8000, 1000, 500
        How many sentences each part has, at most 20,000.

    Returns
    -------
    Split
    """
    _checks.whole("seed", seed)
    for name, size in {"train": train, "test": test, "pairs": pairs}.items():
        _checks.whole(name, size, minimum=1, maximum=20_000)
    rng = np.random.default_rng(seed)
    known: set[tuple[str, ...]] = set()
    plain: list[_Labelled] = []
    held: list[_Labelled] = []
    while len(plain) < train + test or len(held) < pairs:
        made = _sentence(rng)
        if tuple(made[0]) not in known:
            known.add(tuple(made[0]))
            (plain if HELD_OUT.isdisjoint(zip(made[0], made[1])) else held).append(made)
    parts = Split(_encoded(plain[:train]), _encoded(plain[train : train + test]), _encoded(held[:pairs]))
    for i, (words, entities, *_) in enumerate(held[:pairs]):
        for k, pair in enumerate(zip(words, entities)):
            if pair not in HELD_OUT:
                parts.pairs.targets["entity"][i, k] = -1
    return parts


def numbers(words: str | Iterable[str]) -> Integers:
    """The places of words in VOCABULARY.

    Parameters
    ----------
    words : str or list of str
        A text is split at spaces and before full stops.

    Returns
    -------
    (n,) array

    Raises
    ------
    ValueError
        Where there is no word or more than `PLACES`; it names the first that is not in the vocabulary.
    """
    if not isinstance(words, (str, list, tuple)):
        raise ValueError(f"words must be a text or a list of words; got {words!r:.60}")
    words = words.replace(".", " .").split() if isinstance(words, str) else words
    for word in words:
        if not isinstance(word, str) or word not in _PLACE or not word:
            raise ValueError(f"words must be in the vocabulary of the corpus; {word!r} is not")
    if not 0 < len(words) <= PLACES:
        raise ValueError(f"words must be 1 to {PLACES} words; got {len(words)}")
    return np.array([_PLACE[word] for word in words])


def checked(sentences: object) -> Sentences:
    """`Sentences` whose arrays belong together; ValueError for anything else."""
    if not isinstance(sentences, Sentences) or not isinstance(sentences.targets, dict):
        raise ValueError(f"sentences must be corpus.Sentences, such as corpus.split().test; got {type(sentences).__name__}")
    words = _checks.integers("sentences.words", sentences.words, shape="(n, places)", high=len(VOCABULARY) - 1, ndim=2)
    lengths = _checks.integers("sentences.lengths", sentences.lengths, shape=f"({len(words)},)", low=1, high=words.shape[1], ndim=1)
    if len(lengths) != len(words) or any(np.shape(target) != words.shape for target in sentences.targets.values()):
        raise ValueError(f"sentences must have a length for each of {len(words)} rows of words, and targets of shape {words.shape}")
    return sentences


def part(sentences: Sentences, chosen: Integers) -> Sentences:
    """Some of the sentences, by their numbers (k,); ValueError for a number that is none of theirs."""
    sentences = checked(sentences)
    chosen = _checks.integers("chosen", chosen, shape="(k,)", high=len(sentences.words) - 1, ndim=1)
    targets = {task: target[chosen] for task, target in sentences.targets.items()}
    return Sentences(sentences.words[chosen], sentences.lengths[chosen], targets)


def _encoded(made: Sequence[_Labelled]) -> Sentences:
    n = len(made)
    targets = {task: np.full((n, PLACES), -1) for task in TASKS}
    words, lengths = np.zeros((n, PLACES), dtype=int), np.array([len(m[0]) for m in made])
    for i, (text, entities, kind, sentiment) in enumerate(made):
        end = len(text)
        words[i, :end] = numbers(text)
        targets["next"][i, : end - 1] = words[i, 1:end]
        targets["entity"][i, :end] = [ENTITIES.index(e) for e in entities]
        targets["class"][i, end - 1], targets["sentiment"][i, end - 1] = CLASSES.index(kind), SENTIMENTS.index(sentiment)
    return Sentences(words, lengths, targets)


def _body(rng, kind):
    """The words of a sentence with names as "P:Jordan", and a mark "+good" or "+bad" at the end."""
    if kind == "request":
        return ["do", *_saying(rng), *_judgement(rng)]
    if rng.random() < 0.25:  # no speaker: the judgement itself is said or asked
        return _judgement(rng, question=kind == "question")
    speaker, many = _person(rng)
    helper = _pick(rng, ("did", "do" if many else "does"))
    begun = [helper, *speaker] if kind == "question" else [*speaker, helper]
    return begun + _saying(rng) + _judgement(rng)


def _judgement(rng, question=False):
    """A thing and what is said of it, with "+good" or "+bad" among the words for what it comes to."""
    thing, many = _pick(rng, _THINGS), rng.random() < 0.5
    if many:
        thing += "es" if thing == "match" else "s"
    about = ["the", *_perhaps(rng, 0.3, [_pick(rng, _GOOD + _BAD)]), thing, *_perhaps(rng, 0.6, _by_or_of(rng, 1))]
    if rng.random() < 0.4:
        about += ["that", *_person(rng, short=True)[0], "did", *_perhaps(rng, 0.6, [_pick(rng, ("not", "never"))]), "see"]
    good, denied = rng.random() < 0.5, rng.random() < 0.5
    end = [*([_pick(rng, ("not", "never"))] if denied else []), _pick(rng, _GOOD if good else _BAD)]
    be = "were" if many else "was"
    return [*([be, *about] if question else [*about, be]), *end, "+good" if good != denied else "+bad"]


def _saying(rng):
    """ "say … that" or "ask … why"; which of the two is to be remembered."""
    to = _person(rng, short=rng.random() < 0.7)[0]
    return ["say", *_perhaps(rng, 0.6, ["to", *to]), "that"] if rng.random() < 0.5 else ["ask", *to, "why"]


def _person(rng, short=False):
    """(words, whether they are many): a name, or somebody's friends, residents or owners."""
    if rng.random() < (0.8 if short else 0.4):
        return [f"P:{_pick(rng, NAMES)}"], False
    many = bool(rng.random() < 0.5)
    words = _by_or_of(rng, 0)
    words[0] += "s" * many
    return ["the", *_perhaps(rng, 0.2, [_pick(rng, _GOOD + _BAD)]), *words], many


def _by_or_of(rng, which):
    """A name in a role, after the words that give the role away: "friend of", where the noun tells, or "by", where the word before tells."""
    role = _pick(rng, tuple(_ROLES))
    return [_CUES[role][which], *(["of"] if which == 0 else []), f"{role}:{_pick(rng, NAMES)}"]


def _pick(rng, options):
    return options[rng.integers(len(options))]


def _perhaps(rng, chance, words):
    return words if rng.random() < chance else []


_PLACE = {word: place for place, word in enumerate(VOCABULARY)}
