"""What the real model does to words with two senses: cosines in the full space, projections to look at, controls.

`shipped()` is the data that comes with the package, made by `python -m tokendynamics.real.senses`. `journeys()` makes
the same for sentences of your own. All of it is plain lists and numbers, ready for JSON.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations, product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .. import _checks, _data
from .._typing import Array, ArrayLike, Integers
from ..geometry import effective_rank, pair_cosines, pair_distances, project, projection, seen_by_layer, share_seen
from . import attention_maps, minilm
from ._entries import cosines_of, entry_of, numbers_of
from .minilm import Model, attend, heads, mlp, scale, with_constant

SENTENCES = _data.DATA / "two_senses.tsv"
HEAD = _data.DATA / "real_head.npz"


def shipped() -> dict[str, Any]:
    """The data that comes with the package, as `journeys` returns it, with its provenance under "about"."""
    return _data.read("real_trajectories.json")


def read_sentences(path: Path | str = SENTENCES) -> list[tuple[str, str, str]]:
    """Rows (word, sense, sentence) from a tab-separated file with these three names in its first line."""
    return [(row["word"], row["sense"], row["sentence"]) for row in _data.rows(path, "word", "sense", "sentence")]


class Run(NamedTuple):
    """One sentence through the model."""

    word: str
    sense: str
    sentence: str
    tokens: list[str]
    target: int  # the word's index
    states: Array  # (L + 1, n, d), float64


def journeys(model: Model, rows: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    """Follow each word through the layers, in each of its sentences: a dict ready for JSON.

    Parameters
    ----------
    model : Model
    rows : (word, sense, sentence) triples
        The word must be one token of its sentence; the first such is followed.

    Returns
    -------
    sentences : list of dict
        For each row its "word", "sense", "sentence", "tokens", the word's index "target", and two projections of all its
        tokens, (L + 1, n, 3): "common" on three directions fitted to all tokens of all sentences, "own" on three fitted
        to its word alone. Both serve all layers; both are relative to the mean of what they were fitted to.
    words : dict of dict
        For each word its "sentences" (indices) and "senses"; the "cosines" between its sentences, (L + 1, pairs), pairs as
        `combinations` orders them, of the "word", of "[CLS]" and, where all have one, of "."; the word's "distances" in all
        dimensions, likewise; its "own" projection; and "apart_seen": of the squared distance between the means of its
        first two senses, the share that each projection shows, by layer.
    common : dict
        The common projection: the shares of variance "explained" by its three directions together, by "each", and
        "by_layer", where a layer's variance is taken about that layer's mean.
    crowd : dict
        By layer, means over all sentences of the tokens' length "norm", the "cosine" of two tokens of one sentence, and
        the number of directions they use, "effective_rank".
    """
    return journeys_of(_run(model, rows))


def journeys_of(runs: Sequence[Run], fitted: Sequence[Run] | None = None) -> dict[str, Any]:
    """`journeys` of sentences that went through a model.

    Parameters
    ----------
    runs : list of Run
    fitted : list of Run, default `runs`
        The same sentences through another model, to whose states the directions are fitted: both can be drawn along them. The shares
        "each" and "explained" are then of those states, "by_layer" and "apart_seen" of those in `runs`.

    Returns
    -------
    dict
        As `journeys` returns it.
    """
    fitted = runs if fitted is None else fitted
    common = _seen(projection(_together(fitted)), _together(runs))
    sentences = [
        {name: value for name, value in run._asdict().items() if name != "states"}
        | {"common": _data.rounded(project(common, run.states), 2)}
        for run in runs
    ]
    words = {}
    for word in dict.fromkeys(run.word for run in runs):
        numbers = [i for i, run in enumerate(runs) if run.word == word]
        words[word], own = _journey_of([runs[i] for i in numbers], [fitted[i] for i in numbers], numbers, common)
        for i in numbers:
            sentences[i]["own"] = _data.rounded(project(own, runs[i].states), 2)
    return {"sentences": sentences, "words": words, "common": _shares(common), "crowd": _crowd([run.states for run in runs])}


def _run(model, rows):
    """All sentences; the tokens first, so that a word that is not one of them is told at once."""
    _can(model, "tokens", "hidden_states")
    rows = _triples(rows)
    tokens = [model.tokens(sentence) for _, _, sentence in rows]
    targets = [_target(word, names) for (word, _, _), names in zip(rows, tokens)]
    states = [model.hidden_states(sentence).astype(np.float64) for _, _, sentence in rows]
    return [Run(*row, *more) for row, *more in zip(rows, tokens, targets, states)]


def _can(model, *names):
    if not all(hasattr(model, name) for name in names):
        raise ValueError(f"model must be a Model, as minilm.load gives it; got {model!r:.60}")


def _triples(rows):
    rows = list(rows) if isinstance(rows, Iterable) and not isinstance(rows, (str, bytes, dict)) else []
    if not rows or not all(isinstance(row, (tuple, list)) and len(row) == 3 and all(isinstance(part, str) for part in row) for row in rows):
        raise ValueError(f"rows must hold at least one (word, sense, sentence), and nothing else; got {rows!r:.60}")
    return rows


def _together(runs):
    """The states of all tokens of all sentences, (L + 1, n, d)."""
    return np.concatenate([run.states for run in runs], axis=1)


def _followed(runs):
    """The states of the followed word, (L + 1, sentences, d)."""
    return np.stack([run.states[:, run.target] for run in runs], axis=1)


def _seen(fit, states):
    """A projection whose "by_layer" is of these states (L + 1, n, d), whatever it was fitted to."""
    return fit | {"by_layer": seen_by_layer(fit, states)}


def _journey_of(runs, fitted, numbers, common):
    """What `journeys` holds of one word, whose sentences have these numbers; and the projection fitted to it alone."""
    followed = _followed(runs)
    own, senses = _seen(projection(_followed(fitted)), followed), [run.sense for run in runs]
    cosines = {"word": pair_cosines(followed), "[CLS]": pair_cosines(np.stack([run.states[:, 0] for run in runs], axis=1))}
    if all("." in run.tokens for run in runs):
        cosines["."] = pair_cosines(np.stack([run.states[:, run.tokens.index(".")] for run in runs], axis=1))
    entry = {
        "sentences": numbers,
        "senses": list(dict.fromkeys(senses)),
        "cosines": {name: _data.rounded(value, 8) for name, value in cosines.items()},  # [CLS] parts by 1e-6 at first
        "distances": _data.rounded(pair_distances(followed), 4),
        "own": _shares(own),
    }
    apart = _apart(followed, senses)
    if apart is not None:
        entry["apart_seen"] = {name: _data.rounded(share_seen(fit, apart), 4) for name, fit in (("common", common), ("own", own))}
    return entry, own


def _crowd(states):
    """Means over all sentences, by layer."""
    found = {
        "norm": np.concatenate([np.linalg.norm(h, axis=-1) for h in states], axis=1).mean(axis=1),
        "cosine": np.mean([pair_cosines(h).mean(axis=-1) for h in states], axis=0),
        "effective_rank": np.mean([effective_rank(h) for h in states], axis=0),
    }
    return _data.rounded(found, 4)


def only(data: Mapping[str, Any], word: str, shown: Collection[int]) -> dict[str, Any]:
    """What `journeys` returns, cut down to a few sentences of one word: little enough for a page where it is not the subject.

    Directions and their shares of variance stay those that were fitted to all. "apart_seen", which is of the means of all sentences, is left out.

    Parameters
    ----------
    data : dict
        As `journeys` returns it, with or without "attention".
    word : str
    shown : indices of sentences of `word` in `data`

    Returns
    -------
    dict
        Of the same form; the sentences have new numbers, from 0.
    """
    entry, shown = entry_of(data, word), list(numbers_of(data, shown) or [])
    if not shown or len(set(shown)) < len(shown) or not set(shown) <= set(entry["sentences"]):
        raise ValueError(f"shown must be sentences of {word!r}, each once, from {entry['sentences']}; got {shown!r:.60}")
    chosen = [data["sentences"][i] for i in shown]
    pairs = [frozenset(pair) for pair in combinations(entry["sentences"], 2)]
    kept = [pairs.index(frozenset(pair)) for pair in combinations(shown, 2)]
    few = {
        "sentences": list(range(len(shown))),
        "senses": [sense for sense in entry["senses"] if any(each["sense"] == sense for each in chosen)],
        "cosines": {name: [[row[k] for k in kept] for row in rows] for name, rows in entry["cosines"].items()},
        "distances": [[row[k] for k in kept] for row in entry["distances"]],
        "own": entry["own"],
    }
    made = {"sentences": chosen, "words": {word: few}, "common": data["common"], "crowd": data["crowd"]}
    if "attention" in data:
        weights = attention_maps.unpack(data["attention"], [len(each["tokens"]) for each in data["sentences"]])
        made["attention"] = attention_maps.pack([weights[i] for i in shown])
    return made


class WithinAcross(NamedTuple):
    """Mean cosines of pairs of sentences, by layer; NaN where there is no such pair.

    Attributes
    ----------
    within, across : (L + 1,) array
        Of pairs with one sense of the word, and with two.
    """

    within: Array
    across: Array


def within_across(data: Mapping[str, Any], word: str, token: str = "word", shown: Collection[int] | None = None) -> WithinAcross:
    """Mean cosine of pairs of sentences with the same sense of `word`, and with different ones.

    Parameters
    ----------
    data : dict
        As `journeys` returns it.
    word : str
    token : str, default "word"
        Or a control, "[CLS]" or ".".
    shown : indices of sentences to keep, default all

    Returns
    -------
    WithinAcross
    """
    entry = entry_of(data, word)
    shown = numbers_of(data, shown)
    pairs = combinations(entry["sentences"], 2)
    kept = np.array([shown is None or (i in shown and j in shown) for i, j in pairs], dtype=bool)
    senses = [data["sentences"][i]["sense"] for i in entry["sentences"]]
    same = np.array([a == b for a, b in combinations(senses, 2)], dtype=bool)
    cosines = cosines_of(entry, token)

    def mean(chosen):
        return cosines[:, chosen].mean(axis=1) if chosen.any() else np.full(len(cosines), np.nan)

    return WithinAcross(mean(same & kept), mean(~same & kept))


class SplitRank(NamedTuple):
    """How a split ranks; one drawn at random is the widest of all with probability 1 / `splits`.

    Attributes
    ----------
    ranks : (L + 1,) array of int
        1 for the widest gap; equals count against it.
    splits : int
    """

    ranks: Integers
    splits: int


def split_rank(data: Mapping[str, Any], word: str, token: str = "word") -> SplitRank:
    """How the split of a word's sentences into its two senses ranks, by layer, among all splits of the same sizes.

    Ranked by within minus across, as `within_across` measures them. ValueError for a word that has not two senses.
    """
    entry = entry_of(data, word)
    senses = [data["sentences"][i]["sense"] for i in entry["sentences"]]
    if len(entry["senses"]) != 2:
        raise ValueError(f"word must have two senses; {word!r} has {len(entry['senses'])}")
    cosines = cosines_of(entry, token)
    n, true = len(senses), frozenset(i for i, sense in enumerate(senses) if sense == senses[0])
    splits = {frozenset(part) for part in combinations(range(n), len(true))}
    if 2 * len(true) == n:  # a half and its other half are one split
        splits = {part for part in splits if 0 in part}

    def gap(part):
        same = np.array([(i in part) == (j in part) for i, j in combinations(range(n), 2)])
        return cosines[:, same].mean(axis=1) - cosines[:, ~same].mean(axis=1)

    return SplitRank(1 + np.sum([gap(part) >= gap(true) for part in splits - {true}], axis=0), len(splits))


def threes(data: Mapping[str, Any], word: str, *, dealt: bool = False) -> Array:
    """How the gap grows in each three of a word's sentences, two of one sense and one of another.

    Parameters
    ----------
    data : dict, as `journeys` returns
    word : str
    dealt : bool, default False
        The control: two of different senses are called alike, and the third is not.

    Returns
    -------
    (threes, L + 1) array
        Within minus across, less what it was in the embedding.
    """
    _checks.flag("dealt", dealt)
    entry = entry_of(data, word)
    cosines, found = cosines_of(entry, "word"), []
    place = {pair: i for i, pair in enumerate(combinations(entry["sentences"], 2))}
    for three in combinations(entry["sentences"], 3):
        pairs = list(combinations(three, 2))
        crosses = [data["sentences"][a]["sense"] != data["sentences"][b]["sense"] for a, b in pairs]
        if sum(crosses) != 2:
            continue
        these = cosines[:, [place[pair] for pair in pairs]]  # (L + 1, 3)
        found += [these[:, k] - np.delete(these, k, axis=1).mean(axis=1) for k in range(3) if crosses[k] == dealt]
    gaps = np.array(found).reshape(-1, len(cosines))
    return gaps - gaps[:, :1]


def relative_gap(data: Mapping[str, Any], token: str = "word") -> Array:
    """By layer: within minus across as a share of the room, 1 less the mean cosine of all pairs; the mean over words, (L + 1,).

    Where all states of a token are nearly one, as shuffled matrices make them, a gap has little room. This one does not depend on the room.
    Where there is no room at all, as for [CLS] at layer 0, it is 0.
    """
    words = _checks.mapping("data", data, "what journeys returns,", ("words", "sentences", "crowd"))["words"]
    rooms = [1 - cosines_of(entry_of(data, word), token).mean(axis=1) for word in words]
    gaps = [np.subtract(*within_across(data, word, token)) for word in words]
    return np.mean([np.divide(gap, room, out=np.zeros_like(gap), where=room > 1e-9) for gap, room in zip(gaps, rooms)], axis=0)


class HeldOut(NamedTuple):
    """What an axis fitted to some sentences of a word shows of two others, by layer.

    Attributes
    ----------
    seen : (L + 1,) array
        Of the squared distance between the two, the share along the axis.
    right : (L + 1,) array
        How often one of them falls on its own side of the middle; a half by chance.
    """

    seen: Array
    right: Array


def held_out(states: ArrayLike, first: ArrayLike) -> HeldOut:
    """An axis from the mean of one sense to the mean of the other, for each pair of sentences that it was not fitted to.

    Parameters
    ----------
    states : (L + 1, m, d) array
        Of one word in m sentences.
    first : (m,) booleans
        Which sentences have the first sense. Each sense needs two sentences or more.

    Returns
    -------
    HeldOut
        Over all pairs of a sentence of one sense and one of the other.
    """
    states, first = _checks.shaped("states", states, None, None, None), np.asarray(first)
    if first.dtype != bool or first.shape != states.shape[1:2] or min(first.sum(), (~first).sum()) < 2:
        raise ValueError(
            f"first must be {states.shape[1]} booleans, two or more of each kind, one for each of the states; got {first!r:.60}"
        )
    shares: Array = states / max(np.abs(states).max(), np.finfo(states.dtype).tiny)  # so that no square leaves what a float holds
    left_out, along, sides = [], [], []
    for a, b in product(np.flatnonzero(first), np.flatnonzero(~first)):
        one, other = (
            shares[:, np.setdiff1d(np.flatnonzero(kind), out)].mean(axis=1) for kind, out in ((first, a), (~first, b))
        )  # (L + 1, d)
        axis = one - other
        axis = axis / np.maximum(np.linalg.norm(axis, axis=-1, keepdims=True), 1e-30)
        places = ((shares[:, [a, b]] - ((one + other) / 2)[:, None]) * axis[:, None]).sum(axis=-1)  # (L + 1, 2)
        left_out.append(((shares[:, a] - shares[:, b]) ** 2).sum(axis=-1))
        along.append((places[:, 0] - places[:, 1]) ** 2)
        sides.append((1 + np.sign(places * [1, -1])).mean(axis=-1) / 2)
    return HeldOut(np.sum(along, axis=0) / np.maximum(np.sum(left_out, axis=0), 1e-30), np.mean(sides, axis=0))


def held_out_words(model: Model, rows: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, list[float]]]:
    """`held_out` of each word with two senses, "seen" and "right", and the mean over all other splits of its sentences, "_wrong"."""
    found: dict[str, dict[str, list[float]]] = {}
    runs = _run(model, rows)
    for word in dict.fromkeys(run.word for run in runs):
        those = [run for run in runs if run.word == word]
        states, first = _followed(those), np.array([run.sense == those[0].sense for run in those])
        parts = [np.isin(np.arange(len(first)), part) for part in combinations(range(len(first)), int(first.sum()))]
        wrong = [held_out(states, part) for part in parts if (part != first).any() and (part != ~first).any()]
        told = held_out(states, first)._asdict() | {
            f"{name}_wrong": np.mean([getattr(w, name) for w in wrong], axis=0) for name in HeldOut._fields
        }
        found[word] = _data.rounded(told, 4)
    return found


def summary(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a control keeps, by layer: the mean over words of within minus across, "gap", and as a share of the spread, "relative"; the
    crowd's "cosine"; and for the word and "[CLS]" in how many words the true split is the widest of all, "clean"."""
    relative, words = relative_gap(data), data["words"]
    gaps = [np.subtract(*within_across(data, word)) for word in words]
    two = [word for word in words if len(words[word]["senses"]) == 2]
    clean = {
        token: np.sum([split_rank(data, word, token).ranks == 1 for word in two], axis=0).tolist() if two else []
        for token in ("word", "[CLS]")
    }
    told = {"gap": np.mean(gaps, axis=0), "relative": relative}
    return _data.rounded(told, 4) | {"cosine": data["crowd"]["cosine"], "clean": clean}


def _of_each(rows):
    """How many sentences each sense of each word has."""
    return Counter((word, sense) for word, sense, _ in rows).values()


def moves(model: Model, rows: Iterable[tuple[str, str, str]]) -> dict[str, list[float]]:
    """How far a layer's heads move a token, and how far its MLP then does: means over all tokens, (L,) each."""
    _can(model, "hidden_states", "weights", "heads")
    by_heads, by_mlp = [], []
    for _, _, sentence in _triples(rows):
        for layer, tokens in enumerate(model.hidden_states(sentence)[:-1]):
            after = attend(model.weights, layer, tokens, *model.heads[layer])
            by_heads.append(np.linalg.norm(after - tokens, axis=-1))
            by_mlp.append(np.linalg.norm(mlp(model.weights, layer, after) - after, axis=-1))
    n_layers = layer + 1
    return {
        name: _data.rounded([np.concatenate(far[layer::n_layers]).mean() for layer in range(n_layers)], 4)
        for name, far in (("moved_by_heads", by_heads), ("moved_by_mlp", by_mlp))
    }


def _save_head(
    path: Path,
    about: dict[str, Any],
    model: Model,
    rows: Sequence[tuple[str, str, str]],
    *,
    layer: int = 0,
    head: int = 4,
    word: str = "bank",
) -> None:
    """Write one head of the model, and the tokens that reach it in the sentences of one word, to an .npz file.

    The default is the head, of all 72, in which "bank" attends most to "account" in "She opened an account at the bank."
    """
    name = f"encoder.layer.{layer}.attention"
    Q, K, _ = heads(model.weights, layer, model.n_heads)
    part = slice(head * Q.shape[1], (head + 1) * Q.shape[1])
    value, bias = (model.weights[f"{name}.self.value.{kind}"][part] for kind in ("weight", "bias"))
    arrays = {
        "Q": Q[head],
        "K": K[head],
        "W_V": np.column_stack([value, bias]),
        "W_O": model.weights[f"{name}.output.dense.weight"][:, part],
    }
    chosen = [(sense, sentence) for each, sense, sentence in rows if each == word]
    for i, (_, sentence) in enumerate(chosen):
        arrays[f"states{i}"] = model.hidden_states(sentence)[layer]
    about = about | {
        "what": f"Head {head + 1} of layer {layer + 1} of a real model, and the tokens that reach it; see tokendynamics.real.senses",
        "sentences": [{"sense": sense, "sentence": sentence, "tokens": model.tokens(sentence)} for sense, sentence in chosen],
        "licence": "Apache-2.0; taken out of the model unchanged, the biases as last columns",
    }
    np.savez_compressed(path, about=json.dumps(about, ensure_ascii=False), **arrays)


def one_head(path: Path | str = HEAD) -> dict[str, Any]:
    """The head that comes with the package: {"Q", "K", "V", "scale", "sentences"}, for tokens with a constant 1 at the end.

    Q and K are (32, 385), V is (385, 385). Each sentence has its text, sense, tokens and the "states" that reach the
    head, (n, 385). All float64, so that laws can be checked to rounding.
    """
    with np.load(_checks.path("path", path)) as stored:
        about = json.loads(str(stored["about"]))
        Q, K, W_V, W_O = (stored[name].astype(np.float64) for name in ("Q", "K", "W_V", "W_O"))
        states = [with_constant(stored[f"states{i}"].astype(np.float64)) for i in range(len(about["sentences"]))]
    V = np.vstack([W_O @ W_V, np.zeros(Q.shape[1])])
    sentences = [sentence | {"states": h} for sentence, h in zip(about["sentences"], states)]
    return {"Q": Q, "K": K, "V": V, "scale": scale(Q), "sentences": sentences, "about": about}


def _apart(followed, senses):
    """From the mean of the first sense to the mean of the second, (L + 1, d); None where there is one sense."""
    first, second = (list(dict.fromkeys(senses)) + [None])[:2]
    if second is None:
        return None
    named = np.array(senses)
    return followed[:, named == second].mean(axis=1) - followed[:, named == first].mean(axis=1)


def _shares(projection):
    each = projection["each"]
    return {"explained": round(float(each.sum()), 4), "each": _data.rounded(each, 4), "by_layer": _data.rounded(projection["by_layer"], 4)}


def _target(word, names):
    if word not in names:
        raise ValueError(f"word must be one token of its sentence; {word!r} is not among {' '.join(names)}")
    return names.index(word)


def main(arguments: Sequence[str] | None = None) -> None:
    """Compute the journeys of the words in a file of sentences; `python -m tokendynamics.real.senses --help`."""
    parser = _data.parser("real.senses", "Compute the journeys of the words in a file of sentences.")
    parser.add_argument("--sentences", type=Path, default=SENTENCES, help="tab-separated: word, sense, sentence")
    parser.add_argument("--head", type=Path, help="an .npz file for one real head and some of its tokens; default: none")
    parser.add_argument(
        "--controls", type=int, default=5, help="how many shuffled models, and untrained ones, to run, seeds 0, 1, … (default 5)"
    )
    options = parser.parse_args(arguments)

    model = minilm.load(options.weights, packed=False)
    rows = read_sentences(options.sentences)
    head = f" --head {options.head.name}" if options.head else ""
    about = _data.about(
        what="States of a real model's tokens, layer by layer, for words with two senses; see tokendynamics.real.senses",
        command=f"python -m tokendynamics.real.senses --out {options.out.name}{head} --controls {options.controls}",
        model=minilm.CARD,
        sentences="written for this book, CC BY 4.0",
    )
    data = {"about": about} | journeys(model, rows)
    data["attention"] = attention_maps.pack([model.attentions(sentence) for _, _, sentence in rows])
    data["crowd"] |= moves(model, rows)
    if all(len(entry["senses"]) == 2 for entry in data["words"].values()) and min(_of_each(rows)) > 1:
        data["held_out"] = held_out_words(model, rows)
    for name, control in (("shuffled", minilm.shuffled), ("untrained", minilm.untrained)):
        data[name] = [summary(journeys(control(model, n), rows)) for n in range(options.controls)]
    _data.write(options.out, data, f"{len(data['words'])} words, {len(rows)} sentences")
    if options.head:
        _save_head(options.head, about, model, rows)
        print(f"{options.head}: {options.head.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    _data.command(main)
