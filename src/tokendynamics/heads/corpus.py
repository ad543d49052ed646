"""A seeded grammar of short English sentences, with the article's four tasks written on every one of them.

next      : the word that comes next, at every word but the last
entity    : none, person, place or organisation, at every word
class     : statement, question or request, asked at the full stop
sentiment : negative or positive, what the sentence says about the thing it judges, asked at the full stop

The grammar is made so that words alone do not tell. Any name can be a person, a place or an organisation, and only what stands
before it says which. A question has the words of a statement in another order, and ends in a full stop too: a question mark
would give it away. "not" and "never" turn a judgement round, but only right before it; other adjectives, and denials in relative
clauses, are there to mislead. "was" or "were" depends on a noun that may be far back. The sentences are about nobody.
"""

from typing import NamedTuple

import numpy as np

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

    words: np.ndarray  # (n, PLACES) places in VOCABULARY
    lengths: np.ndarray  # (n,)
    targets: dict  # {task: (n, PLACES)} classes, −1 where nothing is asked

    def text(self, i):
        """Sentence i as it is read."""
        return " ".join(VOCABULARY[w] for w in self.words[i, : self.lengths[i]])


class Split(NamedTuple):
    """No sentence is in two parts. In `pairs` each sentence has a name in a role that it never has in `train` or `test`,
    and the entity is asked at such names alone."""

    train: Sentences
    test: Sentences
    pairs: Sentences


def sentence(rng):
    """One sentence of at most `PLACES` words: (words, entities, class, sentiment), two lists of one length and two strings."""
    body = None
    while body is None or len(body) > PLACES:  # the one mark in it stands where the full stop will
        kind = CLASSES[rng.integers(3)]
        body = _body(rng, kind)
    sentiment = next(w[1:] for w in body if w[0] == "+")
    words = [w for w in body if w[0] != "+"] + ["."]
    entities = [_ROLES[w[0]] if w[1:2] == ":" else "none" for w in words]
    return [w[2:] if w[1:2] == ":" else w for w in words], entities, kind, SENTIMENTS[sentiment == "good"]


def split(seed=0, *, train=8000, test=1000, pairs=500):
    """Distinct sentences from `default_rng(seed)`, a `Split` of the sizes asked for. Bad input raises ValueError."""
    sizes = {"train": train, "test": test, "pairs": pairs}
    for name, size in sizes.items():
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or not 1 <= size <= 20_000:
            raise ValueError(f"{name} must be a whole number from 1 to 20,000; got {size!r}")
    rng, seen, plain, held = np.random.default_rng(seed), set(), [], []
    while len(plain) < train + test or len(held) < pairs:
        made = sentence(rng)
        if tuple(made[0]) not in seen:
            seen.add(tuple(made[0]))
            (plain if HELD_OUT.isdisjoint(zip(made[0], made[1])) else held).append(made)
    parts = Split(encode(plain[:train]), encode(plain[train : train + test]), encode(held[:pairs]))
    for i, (words, entities, *_) in enumerate(held[:pairs]):
        for k, pair in enumerate(zip(words, entities)):
            if pair not in HELD_OUT:
                parts.pairs.targets["entity"][i, k] = -1
    return parts


def encode(made):
    """`Sentences` from what `sentence` returns."""
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


def numbers(words):
    """The places of words in VOCABULARY; ValueError names the first that is not there. `words` is a list, or a text to be split at spaces."""
    words = words.replace(".", " .").split() if isinstance(words, str) else list(words)
    for word in words:
        if word not in _PLACE or not word:
            raise ValueError(f"words must be in the vocabulary of the corpus; {word!r} is not")
    if not 0 < len(words) <= PLACES:
        raise ValueError(f"words must be 1 to {PLACES} words; got {len(words)}")
    return np.array([_PLACE[word] for word in words])


def _body(rng, kind):
    """The words of a sentence with names as "P:Jordan", and a mark "+good" or "+bad" at the end."""
    if kind == "request":
        return ["do", *_saying(rng), *_judgement(rng)]
    if rng.random() < 0.25:  # no speaker: the judgement itself is said or asked
        return _judgement(rng, asks=kind == "question")
    speaker, many = _person(rng)
    helper = _pick(rng, ("did", "do" if many else "does"))
    begun = [helper, *speaker] if kind == "question" else [*speaker, helper]
    return begun + _saying(rng) + _judgement(rng)


def _judgement(rng, asks=False):
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
    return [*([be, *about] if asks else [*about, be]), *end, "+good" if good != denied else "+bad"]


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
