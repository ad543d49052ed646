"""A reader's own sentences in the real model: what `senses.journeys` gives of them, what a change of the model does to them, and the laws on them.

`own` does all of it; the page does the same in JavaScript. A widget calls `read` once for its sentences and `measured` for each change.
All of it is plain lists and numbers, ready for JSON.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from .. import _checks, _data, attention
from .._arrays import norm, unit
from .._typing import Array
from ..geometry import effective_rank, pair_cosines
from ..seeded import drawn_tokens
from . import attention_maps, bent, head_laws, laws
from .bent import NOTHING, Change
from .minilm import Forward, Model, embed, onward, scale, with_constant
from .senses import Run, journeys_of

MOST = 3  # sentences
LONGEST_SHOWN = 64  # tokens of a sentence, [CLS] and [SEP] included
NEAR = 16  # shards of the word table in which near words are sought
FIRST_WORD, SHARD = 1996, 256  # where words begin in the vocabulary, and how many rows a shard has
NEAREST = 6  # words
CONTROLS = 5  # other heads
OFFERED = 8  # words, to one who asks for another
LAWS = ("cosine", "uphill", "rises", "third_law", "step")  # of heads


class Refused(ValueError):
    """What a reader typed cannot be followed; the message says why, and what is needed.

    Attributes
    ----------
    shared : list of str
        The tokens that could be followed.
    """

    def __init__(self, words: str, shared: Sequence[str] = ()):
        super().__init__(words)
        self.shared = list(shared)


class Typed(NamedTuple):
    """What a reader typed, as tokens.

    Attributes
    ----------
    sentences : list of encodings, each with "ids" and "tokens"
    shared : list of str
        The tokens that can be followed: of letters, in all sentences.
    word : str
        The one that is followed.
    anchors : list of encodings
    """

    sentences: list[Any]
    shared: list[str]
    word: str
    anchors: list[Any]


class Reading(NamedTuple):
    """Sentences through the learned model.

    Attributes
    ----------
    model : Model
    made_of : dict
        sentences, senses, word and anchors.
    shared : list of str
        The tokens that can be followed.
    before : list of Forward
        Of each sentence.
    runs : list of Run
    anchors : (2, L + 1, d) array, or None
        The state of each anchor word.
    words : Words
        Those that a state can be near to.
    data : dict
        As `own` gives it where nothing is changed, but for the attention.
    """

    model: Model
    made_of: dict[str, Any]
    shared: list[str]
    before: list[Forward]
    runs: list[Run]
    anchors: Array | None
    words: "Words"
    data: dict[str, Any]


class Words(NamedTuple):
    """Whole words of letters that stand first in the vocabulary, and their rows in the word table, (words, d), at length 1."""

    names: list[str]
    rows: Array


def own(
    model: Model, sentences: Sequence[str], *, senses: Sequence[str] = (), word: str | None = None, anchors: Sequence[str] = (),
    change: Change = NOTHING, controls: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """Sentences of a reader's own in the model, as it was learned or changed.

    Parameters
    ----------
    model : Model
    sentences : one to three texts
    senses : list of str, default "A", "B", "C"
        The sense of each.
    word : str, optional
        The token to follow; default the longest that all of them share.
    anchors : two words, or none
    change : Change, default none
    controls : bool, default True
        Whether the same change is made in other heads too.

    Returns
    -------
    dict
        Either "made_of", "shared" and "refused", words that say why these sentences cannot be followed; or
    made_of : dict
        Everything that it was computed for.
    shared : list of str
        The tokens that can be followed.
    data : dict
        As `senses.journeys` gives it: the states are the changed model's, along directions fitted to the learned one's. With "attention",
        and of each sentence the words "near" the followed token at each layer and, with anchors, "anchors": cosines with them, (L + 1, n, 2).
    ghost : list of dict, or None
        Of each sentence "own", "common" and "anchors" in the learned model; None where nothing is changed.
    moved : dict of (L + 1,) lists, or None
        How far the states went, ‖after − before‖ / ‖before‖: of the followed "word", of "all" tokens; and their "cosine".
    control : dict, or None
        "word" and "all" for the same change in each of the other "heads".
    laws : dict
        {law: {"yours", "random"}} by layer, see `measured_laws`.
    """
    bent.check(model, change)
    try:
        reading = read(model, sentences, senses=senses, word=word, anchors=anchors)
    except Refused as why:
        return refused(why, sentences, senses=senses, word=word, anchors=anchors, change=change)
    return measured(reading, change, controls=controls)


def refused(
    why: Refused, sentences: Sequence[str], *, senses: Sequence[str] = (), word: str | None = None, anchors: Sequence[str] = (),
    change: Change = NOTHING,
) -> dict[str, Any]:  # fmt: skip
    """What `own` gives where sentences cannot be followed: "made_of", what was asked for, "shared" and "refused", the words."""
    asked = {"sentences": list(sentences), "senses": _named(sentences, senses), "word": word or "", "anchors": list(anchors)}
    return {"made_of": asked | said(change), "shared": why.shared, "refused": str(why)}


def read(
    model: Model, sentences: Sequence[str], *, senses: Sequence[str] = (), word: str | None = None, anchors: Sequence[str] = ()
) -> Reading:
    """Sentences through the learned model; arguments as for `own`. Refused where they cannot be followed."""
    _check(model, sentences, senses, word, anchors)
    asked = typed(model, sentences, word=word, anchors=anchors)
    names, word = _named(sentences, senses), asked.word
    before = [_forward(model, each.ids) for each in asked.sentences]
    runs = [
        Run(word, sense, sentence, list(each.tokens), each.tokens.index(word), forward.states.astype(np.float64))
        for sense, sentence, each, forward in zip(names, sentences, asked.sentences, before)
    ]
    alone = [_forward(model, each.ids).states[:, 1:-1].astype(np.float64) for each in asked.anchors]
    towards = np.stack([states.mean(axis=1) for states in alone]) if alone else None
    words = _words(model)
    made_of = {"sentences": list(sentences), "senses": names, "word": word, "anchors": list(anchors)}
    return Reading(model, made_of, asked.shared, before, runs, towards, words, _data_of(runs, runs, towards, words))


def typed(model: Model, sentences: Sequence[str], *, word: str | None = None, anchors: Sequence[str] = ()) -> Typed:
    """The tokens of what a reader typed, before anything is computed; arguments as for `own`. Refused where it cannot be followed."""
    _check(model, sentences, (), word, anchors)
    encodings = [_encoded(model, sentence, f"Sentence {number}") for number, sentence in enumerate(sentences, 1)]
    if not encodings:
        raise Refused("Nothing is typed. Type a sentence of a few words.")
    shared = _shared([each.tokens for each in encodings])
    word = _followed(word, shared, encodings)
    try:
        return Typed(encodings, shared, word, [_encoded(model, anchor, f"Anchor word {i}") for i, anchor in enumerate(anchors, 1)])
    except Refused as why:
        raise Refused(str(why), shared) from None


def measured(reading: Reading, change: Change = NOTHING, *, controls: bool = True) -> dict[str, Any]:
    """What `own` gives, of sentences that were read.

    Parameters
    ----------
    reading : Reading
    change : Change, default none
    controls : bool, default True

    Returns
    -------
    dict
    """
    changed = bent.bent(reading.model, change)
    after = [_after(changed, each, bent.first(change)) for each in reading.before]
    runs = [run._replace(states=each.states.astype(np.float64)) for run, each in zip(reading.runs, after)]
    neutral = bent.neutral(change)
    data = reading.data if neutral else _data_of(runs, reading.runs, reading.anchors, reading.words)
    ghost = [{name: s[name] for name in ("own", "common", "anchors") if name in s} for s in reading.data["sentences"]]
    return {
        "made_of": reading.made_of | said(change),
        "shared": reading.shared,
        "data": data | {"attention": attention_maps.pack([each.attentions for each in after])},
        "ghost": None if neutral else ghost,
        "moved": None if neutral else _data.rounded(moved(reading.runs, runs), 6),
        "control": control(reading, change) if controls else None,
        "laws": measured_laws(changed, [run.states for run in runs]),
    }


def moved(before: Sequence[Run], after: Sequence[Run]) -> dict[str, Array]:
    """How far a change moved the states, ‖after − before‖ / ‖before‖, by layer, (L + 1,): "word", mean over sentences, and "all", mean over
    all tokens of all sentences; and the mean "cosine" of after and before."""
    old, new = (np.concatenate([run.states for run in runs], axis=1) for runs in (before, after))  # (L + 1, n, d)
    far = norm(new - old) / norm(old)  # (L + 1, n)
    starts = np.cumsum([0, *(len(run.tokens) for run in before[:-1])])
    targets = [start + run.target for start, run in zip(starts, before)]
    return {"word": far[:, targets].mean(axis=1), "all": far.mean(axis=1), "cosine": (unit(new) * unit(old)).sum(axis=-1).mean(axis=1)}


def towards(reading: Reading, change: Change = NOTHING) -> Array:
    """Which of its two anchors the followed token ends nearer to.

    Parameters
    ----------
    reading : Reading
        With anchors.
    change : Change, default none

    Returns
    -------
    (sentences, 2) array
        Cosines of the token's last state in each sentence, in the model as changed, with the anchors in the learned one.
    """
    if reading.anchors is None:
        raise ValueError("reading must have anchors: two words")
    changed = bent.bent(reading.model, change)
    after = [_after(changed, each, bent.first(change)).states[-1] for each in reading.before]
    last = np.stack([states[run.target] for states, run in zip(after, reading.runs)])  # (sentences, d)
    return unit(last.astype(np.float64)) @ unit(reading.anchors[:, -1]).T


def in_pairs(model: Model, sentences: Sequence[str]) -> dict[str, Array]:
    """The word that two sentences share, in every pair of many: its cosine by layer.

    Parameters
    ----------
    model : Model
    sentences : list of str

    Returns
    -------
    dict of (pairs, L + 1) arrays
        By the longest token that the two share, as `own` follows it; pairs that share none are left out.
    """
    _check(model, sentences, (), None, (), most=None)
    tokens = [_encoded(model, text, f"Sentence {i}").tokens for i, text in enumerate(sentences, 1)]
    states = [unit(model.hidden_states(text).astype(np.float64)) for text in sentences]  # (L + 1, n, d) each
    found: dict[str, list[Array]] = {}
    for i, j in combinations(range(len(sentences)), 2):
        if shared := _in_common([tokens[i], tokens[j]]):
            word = max(shared, key=len)
            one, other = (states[k][:, tokens[k].index(word)] for k in (i, j))
            found.setdefault(word, []).append((one * other).sum(axis=-1))
    return {word: np.array(pairs) for word, pairs in found.items()}


def control(reading: Reading, change: Change) -> dict[str, Any] | None:
    """The same change made in other heads of the layer: the "heads", and how far each moved the "word" and "all" tokens, (heads, L + 1);
    None where no head is changed."""
    if not bent.of_a_head(change):
        return None
    heads = others(reading.model.n_heads, change)
    found = []
    for head in heads:
        other = change._replace(head=head)
        changed = bent.bent(reading.model, other)
        after = [_after(changed, each, bent.first(other)) for each in reading.before]
        found.append(moved(reading.runs, [run._replace(states=each.states.astype(np.float64)) for run, each in zip(reading.runs, after)]))
    return {"heads": heads} | {name: [_data.rounded(each[name], 6) for each in found] for name in ("word", "all")}


def others(n_heads: int, change: Change) -> list[int]:
    """Up to CONTROLS other heads of the layer, from 1, in an order drawn for this head: that of as many drawn numbers."""
    rest = [head for head in range(1, _checks.count("n_heads", n_heads, minimum=2) + 1) if head != change.head]
    (drawn,) = drawn_tokens(1, len(rest), n_heads * (change.layer - 1) + change.head - 1)
    return [rest[i] for i in np.argsort(drawn, kind="stable")[:CONTROLS]]


@np.errstate(invalid="ignore", divide="ignore")  # a head that writes nothing is left out
def measured_laws(model: Model, runs: Sequence[Array]) -> dict[str, dict[str, Any]]:
    """The laws of `head_laws` on sentences' states, by layer: {law: {"yours", "random"}}.

    Parameters
    ----------
    model : Model
    runs : list of (L + 1, n, d) array
        Each sentence's states.

    Returns
    -------
    dict
        "cosine", "uphill", "rises", "third_law" and "step", (L,), means over sentences and over heads; a head that writes nothing or feels no force is
        left out, and None stands where all are. "random" is of arrows as long in random directions. "crowd", the mean cosine of two tokens of
        a sentence, and "rank", the effective rank of a sentence, (L + 1,), have None for "random".
    """
    by_layer = [[_laws_of(run[layer], heads, layer) for run in runs] for layer, heads in enumerate(model.heads)]
    found: dict[str, dict[str, Any]] = {
        law: {kind: [_mean([each[kind][law] for each in layer]) for layer in by_layer] for kind in ("yours", "random")} for law in LAWS
    }
    for law, values in (("crowd", [pair_cosines(run).mean(axis=-1) for run in runs]), ("rank", [effective_rank(run) for run in runs])):
        found[law] = {"yours": _data.rounded(np.mean(values, axis=0), 4), "random": None}
    return found


def _laws_of(tokens, heads, layer):
    """{"yours", "random"}: {law: (H,)} of one sentence's tokens (n, d) in one layer; NaN for a head that writes nothing or feels no force."""
    Q, K, V = heads
    one = with_constant(tokens)  # (n, d + 1)
    options: dict[str, Any] = {"include_self": True, "scale": scale(Q)}
    pull = attention.force(one, Q, K, **options)[..., :-1]  # (H, n, d)
    motion = attention.content(one.astype(V.dtype), Q, K, V, **options)[..., :-1].astype(
        np.float64
    )  # twelve V as float64 take longer than all else
    before = attention.potential(one, Q, K, **options)  # (H, n)
    wild = unit(drawn_tokens(len(tokens), tokens.shape[1], layer)) * norm(motion, keepdims=True)
    idle = ~((norm(motion) > 0) & (norm(pull) > 0)).all(axis=-1)  # (H,)

    def measured(arrows):
        along = (arrows * pull).sum(axis=-1)
        each = {
            "cosine": (along / norm(arrows) / norm(pull)).mean(axis=-1),
            "uphill": (along > 0).mean(axis=-1),
            "rises": (head_laws.height(tokens + arrows, one, Q, K) - before).mean(axis=-1),
            "third_law": head_laws.balance(arrows),
            "step": (norm(arrows) / norm(tokens)).mean(axis=-1),
        }
        return {law: np.where(idle, np.nan, value) for law, value in each.items()}

    return {"yours": measured(motion), "random": measured(wild)}


def _mean(values):
    """Of (sentences, H), without NaN; None where nothing is left."""
    values = np.asarray(values)
    kept = values[~np.isnan(values)]
    return round(float(kept.mean()), 4) if kept.size else None


def averages() -> dict[str, dict[str, list[float]]]:
    """The laws in the book's 80 sentences, to stand beside a reader's: {law: {"book", "sd", "random_weights"}} by layer.

    "sd" is over sentences; where a table is by head, all three are means over heads.
    """
    tables = laws.shipped()
    found = {}
    for law, name in (*zip(LAWS, LAWS), ("crowd", "cosine"), ("rank", "effective_rank")):
        part = "heads" if law in LAWS else "crowd"
        book, shuffled = tables[part][name], tables[f"{part}_random_weights"][name]
        each = {"book": book["mean"], "sd": book["sd"], "random_weights": shuffled["mean"]}
        found[law] = {key: _data.rounded(value.mean(axis=1) if value.ndim == 2 else value) for key, value in each.items()}
    return found


def _data_of(runs, fitted, anchors, words):
    """`journeys_of`, and of each sentence the words near the followed token and its tokens' cosines with the anchors."""
    data = journeys_of(runs, fitted)
    for run, sentence in zip(runs, data["sentences"]):
        if anchors is not None:
            sentence["anchors"] = _data.rounded(np.einsum("lnd,ald->lna", unit(run.states), unit(anchors)), 4)
        sentence["near"] = _near(run, words)
    return data


def _words(model):
    table = model.weights["embeddings.word_embeddings.weight"]
    places = range(min(FIRST_WORD, len(table)), min(FIRST_WORD + NEAR * SHARD, len(table)))
    names = {place: name for place in places if (name := model.tokenizer.id_to_token(place)).isalpha()}
    return Words(list(names.values()), unit(table[list(names)].astype(np.float64)))


def _near(run, words):
    """The words whose rows are nearest by cosine to the followed token's state, by layer: (L + 1) lists of [word, cosine]."""
    names, rows = words
    cosines = unit(run.states[:, run.target]) @ rows.T  # (L + 1, words)
    order = np.argsort(-cosines, axis=-1, kind="stable")[:, : NEAREST + 1]
    found = [[[names[i], round(float(row[i]), 4)] for i in places if names[i] != run.word] for row, places in zip(cosines, order)]
    return [each[:NEAREST] for each in found]


def _forward(model, ids):
    return onward(model.weights, embed(model.weights, ids), model.heads)


def _after(changed, before, first):
    """A sentence through a changed model: up to layer `first` it is as it was."""
    if first == 0:
        later = onward(changed.weights, before.states[0], changed.heads)
    else:
        later = onward(changed.weights, before.states[first], changed.heads[first:], first)
    return Forward(np.concatenate([before.states[:first], later.states]), np.concatenate([before.attentions[:first], later.attentions]))


def _check(model, sentences, senses, word, anchors, most=MOST):
    """Wrong calls, as apart from what a reader may type."""
    if not isinstance(model, Model):
        raise ValueError(f"model must be a Model, as minilm.load gives it; got {model!r:.60}")
    for name, value in (("sentences", sentences), ("senses", senses), ("anchors", anchors)):
        if not isinstance(value, (list, tuple)) or not all(isinstance(each, str) for each in value):
            raise ValueError(f"{name} must be a list of texts; got {value!r:.60}")
    if most is not None and len(sentences) > most:
        raise ValueError(f"sentences must be at most {most}; got {len(sentences)}")
    if senses and len(senses) != len(sentences):
        raise ValueError(f"senses must be one for each of the {len(sentences)} sentences; got {len(senses)}")
    if len(anchors) not in (0, 2):
        raise ValueError(f"anchors must be two words or none; got {len(anchors)}")
    if not isinstance(word, (str, type(None))):
        raise ValueError(f"word must be None or a token; got {word!r:.60}")


def _named(sentences, senses):
    """Without senses each sentence is one of its own."""
    return list(senses) or [chr(ord("A") + i) for i in range(len(sentences))]


def said(change):
    return {"bent": [change.layer, change.head], **{name: getattr(change, name) for name in ("beta", "gain", "value", "without")}}


def _encoded(model, text, what):
    """The tokens of a sentence or of an anchor, or what is wrong with it."""
    encoding = model.tokenizer.encode(text)
    inner = encoding.tokens[1:-1]
    if not inner:
        raise Refused(f"{what} is empty. Type a few words.")
    if len(encoding.ids) > LONGEST_SHOWN:
        raise Refused(
            f"{what} has {len(encoding.ids)} tokens, and at most {LONGEST_SHOWN} can be shown. Type a shorter one, or a part of it."
        )
    if all(token == "[UNK]" for token in inner):
        raise Refused(f"{what} is in signs that the model does not know: each word becomes [UNK]. Type words in English.")
    if not any(_is_word(token) for token in inner):
        raise Refused(f"{what} has no word: signs and digits cannot be followed. Type a few words.")
    return encoding


def _is_word(token):
    return token.isalpha()


def _in_common(tokens):
    """The tokens of letters that all sentences have, in the order of the first."""
    return [name for name in dict.fromkeys(tokens[0][1:-1]) if _is_word(name) and all(name in others for others in tokens)]


def _shared(tokens):
    """The same, or words that say that there are none."""
    shared = _in_common(tokens)
    if not shared:
        raise Refused(
            "The sentences share no word, so there is none to follow. Use the same word in each, in the same form: "
            "the model cuts rare words and long forms into pieces."
        )
    return shared


def _followed(word, shared, encodings):
    """The token to follow: the one that was asked for, or the longest."""
    if not word:
        return max(shared, key=len)
    if word not in shared:
        lacking = next((i for i, encoding in enumerate(encodings, 1) if word not in encoding.tokens), None)
        why = f"“{word}” is no word of letters" if lacking is None else f"Sentence {lacking} has no token “{word}”"
        raise Refused(f"{why}. These can be followed: {', '.join(shared[:OFFERED])}.", shared)
    return word
