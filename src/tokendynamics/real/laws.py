"""Every law of Chapters 1 to 4 measured on all-MiniLM-L6-v2: 80 sentences, 6 layers, 12 heads, and the controls.

`shipped()` is the data that comes with the package; `python -m tokendynamics.real.laws --out real_laws.json` makes it
again. The heads' laws and their controls are those of `head_laws`. The control of random weights is the model with the
numbers inside each matrix in random order (`minilm.shuffled`): its heads act on the trained model's tokens, so that a
difference is the head's; only "crowd" lets it run by itself.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

from .. import _checks, _data
from .._arrays import norm, transpose, unit
from .._typing import Array, ArrayLike
from ..attention import force, potential
from ..geometry import effective_rank, pair_cosines
from ..knowledge import knowledge
from ..stack import trajectories
from . import head_laws, minilm, senses
from .minilm import Model, Weights, scale, with_constant

DRAWS = 10  # of each random motion of a layer
PIECE = 2  # so many sentences, in the third layer, are kept apart, so that a test can measure them again
ALL, FIRST, OTHERS = slice(None), slice(1), slice(1, None)  # [CLS], and the rest of a sentence
SCATTERED = ("uphill_held_heads", "together_heads")  # where shuffled models differ so much that their mean says little
# most of the force is the pull of [CLS], and hardly any of the motion is its content
WITHOUT_FIRST = ("cosine", "cosine_dealt", "missed_by_M")
PLAIN = _data.DATA / "plain_sentences.txt"
LawsByToken: TypeAlias = Sequence[Sequence[dict[str, Array]]]  # [layer][sentence]{law: of each token, (n,), or of all, ()}


def shipped() -> dict[str, Any]:
    """{"about", "heads", "heads_random_weights", "layers", "layers_random_weights", "matrices", "crowd", "unlike", "exact" …}.

    "heads" and "layers" hold {law: {"mean", "sd"}}, over sentences, arrays (6, 12) or (6,), roles (6, 12, 5).
    "layers_first" and "layers_others" are "layers" of [CLS] and of all other tokens; "layers_of_each_shuffle" has the
    laws of SCATTERED for each shuffled model, (3, 6). "heads_without_first" has the laws of WITHOUT_FIRST for sentences whose
    [CLS] is deleted, in each layer from the states that the whole sentence has, and "layers_without_first" those of "layers".
    "without_bias" and "without_bias_and_first" are `laws_without_bias`; "without_biases" too, the biases of the values
    left out as well.
    "crowd" and "unlike" are by layer, 0 to 6; "exact" is the largest error of each identity anywhere.
    """
    stored = _data.read("real_laws.json")
    return {name: value if name == "about" else _data.arrays(value) for name, value in stored.items()}


def sentences() -> list[str]:
    """The 80 sentences: 54 of two_senses.tsv and 26 of plain_sentences.txt, longer and of other kinds."""
    return [row[2] for row in senses.read_sentences()] + PLAIN.read_text(encoding="utf-8").splitlines()


def states(model: Model, texts: Iterable[str]) -> list[Array]:
    """Each sentence's states as float64, a list of (L + 1, n, d)."""
    return [model.hidden_states(text).astype(np.float64) for text in texts]


def heads_table(model: Model, runs: Sequence[Array], layers: Iterable[int] = range(6), seed: int = 0) -> dict[str, dict[str, Array]]:
    """`head_laws` of every head of `layers`, {law: {"mean", "sd"}} over the sentences whose states are `runs`."""
    return _over_sentences(_heads_of_layer(model, runs, layer, seed) for layer in layers)


def heads_without_first(model: Model, runs: Sequence[Array], layers: Iterable[int] = range(6)) -> dict[str, dict[str, Array]]:
    """The laws of WITHOUT_FIRST as `heads_table` gives them, of all tokens but the first, which none of the others sees."""
    table = heads_table(model, [run[:, OTHERS] for run in _runs(runs)], layers)
    return {law: table[law] for law in WITHOUT_FIRST}


def laws_of_layers(model: Model, runs: Sequence[Array], layers: Iterable[int] = range(6), seed: int = 0) -> LawsByToken:
    """`layer_laws` of every layer and sentence, [layer][sentence]{law: of each token or of all}."""
    return [_laws_of_layer(model, runs, layer, seed) for layer in layers]


def layers_table(measured: LawsByToken, chosen: slice = ALL) -> dict[str, dict[str, Array]]:
    """What `laws_of_layers` gives, as {law: {"mean", "sd"}} over sentences; with `chosen`, of these tokens of each."""
    return _over_sentences(
        [{law: np.mean(each[chosen] if np.ndim(each) else each) for law, each in sentence.items()} for sentence in layer]
        for layer in measured
    )


def _heads_of_layer(model, runs, layer, seed):
    Q, K, V = _heads(model, layer)
    through = knowledge(Q, K, V) @ transpose(Q) @ K
    rng = np.random.default_rng((seed, layer))
    return [head_laws.head_laws(with_constant(run[layer]), Q, K, V, through, rng) for run in runs]


def _laws_of_layer(model, runs, layer, seed):
    weights, rng = _double(model, layer), np.random.default_rng((seed, layer))
    return [layer_laws(weights, layer, run[layer], model.n_heads, rng) for run in runs]


def layer_laws(weights: Weights, layer: int, tokens: Array, n_heads: int, rng: np.random.Generator) -> dict[str, Array]:
    """What a whole layer does to the sum of its heads' potentials, {law: (n,) array}, of each of the tokens (n, d).

    "together" and "flow_error" are of all tokens, one number each.

    Three motions: "heads", Σ V T a + b; "normed", the same after LayerNorm; "layer", after the MLP too. Of each:
    whether a token "climbs" with keys held, whether it sets off "uphill", and whether it does with its length held;
    "together", whether Σφ rises when all keys move too; "cosine" with the summed force; "length", the new one over the old.
    Controls are means over DRAWS draws. "_random" goes as far in random directions, "_shared" in one random direction for
    the whole sentence; "_matched" goes as far in random directions that make each token as long as the motion does.
    "random_normed" and "random_layer" are a random step as long as the heads', after the same LayerNorm and MLP.
    step        : ‖Σ V T a‖ / ‖t‖, and flow_error : ‖Euler − flow‖ / ‖Euler‖ of that motion over one layer; b is no head's
    """
    Q, K, V = minilm.heads(weights, layer, n_heads)
    heads = minilm.written(weights, layer, tokens, Q, K, V)  # (n, d)
    bias = weights[f"encoder.layer.{layer}.attention.output.dense.bias"]  # (d,)

    def passed_on(wrote):
        after = minilm.add_and_norm(weights, layer, tokens, wrote)
        return {"normed": after - tokens, "layer": minilm.mlp(weights, layer, after) - tokens}

    motions = {"heads": heads} | passed_on(heads)

    def controls():
        wild = head_laws.arrows(heads, rng)["_random"]
        found = {f"random_{name}": motion for name, motion in passed_on(wild).items()}
        one_way = unit(rng.standard_normal(tokens.shape[-1:]))
        for name in ("heads", "layer"):
            found[f"{name}_random"] = head_laws.arrows(motions[name], rng)["_random"]
            found[f"{name}_shared"] = norm(motions[name], keepdims=True) * one_way
            found[f"{name}_matched"] = matched(motions[name], tokens, rng)
        return found

    found = _beside_controls(_summed_climb(tokens, Q, K), motions, controls)
    return found | {"step": norm(heads - bias) / norm(tokens), "flow_error": np.array(flow_error(with_constant(tokens), Q, K, V))}


def laws_without_bias(
    model: Model, runs: Sequence[Array], layers: Iterable[int] = range(6), seed: int = 0, *, values: bool = True
) -> LawsByToken:
    """As `laws_of_layers`, of Σ V T a alone, "heads", and motions as far and as long, "heads_matched".

    What a layer writes has two arrows in it that are the same for every token: the bias of W_O, of no head, and what the biases of the
    values make, as attention adds up to 1. The model cannot tell one from the other. Without `values` the second is left out as well.
    """
    return [_laws_without_bias(model, _runs(runs), layer, seed, values) for layer in layers]


def _laws_without_bias(model, runs, layer, seed, values):
    (Q, K, V), rng = _heads(model, layer), np.random.default_rng((seed, layer))
    found = []
    for tokens in (run[layer] for run in runs):
        heads = minilm.summed(tokens, Q, K, V) - (0 if values else V[:, :-1, -1].sum(axis=0))  # (n, d)
        found.append(
            _beside_controls(_summed_climb(tokens, Q, K), {"heads": heads}, lambda: {"heads_matched": matched(heads, tokens, rng)})
        )
    return found


def _beside_controls(climb, motions, controls):
    """What motions do, and what those that `controls()` draws do on average over DRAWS draws."""
    drawn = [climb(controls()) for _ in range(DRAWS)]
    return climb(motions) | {law: np.mean([each[law] for each in drawn], axis=0) for law in drawn[0]}


def matched(motion: ArrayLike, tokens: ArrayLike, rng: np.random.Generator) -> Array:
    """Random motions (n, d) that take each token as far as `motion` does and leave it as long; only the direction around it is drawn."""
    tokens = _checks.shaped("tokens", tokens, None, None)
    motion, axis = _checks.shaped("motion", motion, *tokens.shape), unit(tokens)
    outward = (motion * axis).sum(axis=-1, keepdims=True) * axis
    wild = _checks.generator("rng", rng).standard_normal(tokens.shape)
    around = unit(wild - (wild * axis).sum(axis=-1, keepdims=True) * axis)
    return outward + norm(motion - outward, keepdims=True) * around


def _summed_climb(tokens, Q, K):
    """A function from motions by name to what each does to the tokens' summed potentials, {law_name: (n,) array, or () of all}."""
    one = with_constant(tokens)
    options: dict[str, Any] = {"include_self": True, "scale": scale(Q)}
    pull = force(one, Q, K, **options).sum(axis=0)[:, :-1]
    before = potential(one, Q, K, **options).sum(axis=0)
    slope = (pull * tokens).sum(axis=-1) / (tokens * tokens).sum(axis=-1)

    def each(motion):
        along, outward = (motion * pull).sum(axis=-1), (motion * tokens).sum(axis=-1) * slope
        moved = tokens + motion
        return {
            "climbs": head_laws.height(moved, one, Q, K).sum(axis=0) > before,
            "uphill": along > 0,
            "uphill_held": along > outward,
            "together": potential(with_constant(moved), Q, K, **options).sum() > before.sum(),
            "cosine": along / norm(motion) / norm(pull),
            "length": norm(moved) / norm(tokens),
        }

    return lambda motions: {
        f"{law}_{name}": np.asarray(x, dtype=float) for name, motion in motions.items() for law, x in each(motion).items()
    }


@np.errstate(all="ignore")  # said in words at the end
def flow_error(one: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, steps: int = 8) -> float:
    """How far one layer, an Euler step of length 1, is from the flow it steps along, over the step's own length.

    Parameters
    ----------
    one : (n, d + 1) array
        Tokens with a constant 1.
    Q, K : (H, d_head, d + 1) array
    V : (H, d + 1, d + 1) array
    steps : int, default 8
        Of the flow, by Runge–Kutta.

    Returns
    -------
    float
    """
    one, V = _checks.shaped("one", one, None, None), _checks.shaped("V", V, None, None, None)
    Q, K = _checks.shaped("Q", Q, len(V), None, None), _checks.shaped("K", K, len(V), None, None)
    heads, steps = list(zip(Q, K, V)), _checks.count("steps", steps, minimum=1)
    options: dict[str, Any] = {"include_self": True, "scale": scale(Q)}
    layer = trajectories(one, [heads], **options)[-1] - one
    flow = trajectories(one, [heads] * steps, step=1 / steps, method="rk4", **options)[-1] - one
    error = np.linalg.norm(layer - flow) / np.linalg.norm(layer)
    if not np.isfinite(error):
        raise ValueError(f"one must be tokens that the heads move, by less than what squares in {one.dtype} hold")
    return float(error)


def matrices(model: Model) -> dict[str, Array]:
    """Of each head, (L, H): the symmetric share of QᵀK, biases aside, and how much of what it writes lies where others write.

    overlap : mean squared cosine between its d_head output directions and those of the other heads; d_head/d at random
    """
    symmetric, overlap = [], []
    for layer in range(minilm.n_layers(model.weights)):
        Q, K, _ = _heads(model, layer)
        symmetric.append(head_laws.symmetric_share(np.swapaxes(Q[..., :-1], -1, -2) @ K[..., :-1]))
        W_O = model.weights[f"encoder.layer.{layer}.attention.output.dense.weight"].astype(np.float64)
        bases = np.linalg.qr(W_O.reshape(len(W_O), model.n_heads, -1).swapaxes(0, 1))[0]
        shared = ((transpose(bases)[:, None] @ bases[None]) ** 2).sum(axis=(-2, -1)) / bases.shape[-1]
        overlap.append((shared.sum(axis=1) - 1) / (len(shared) - 1))
    return {"symmetric": np.array(symmetric), "overlap": np.array(overlap)}


def crowd(runs: Sequence[Array], rng: np.random.Generator) -> dict[str, dict[str, Array]]:
    """By layer, (L + 1,): the "cosine" of two tokens of one sentence and their "effective_rank", with sd over sentences;
    and both for tokens "dealt" among the sentences, so many to each as it had."""
    runs = _runs(runs)
    pool = _checks.generator("rng", rng).permutation(np.concatenate([run.swapaxes(0, 1) for run in runs]))
    dealt = [part.swapaxes(0, 1) for part in np.split(pool, np.cumsum([run.shape[1] for run in runs])[:-1])]
    return {
        law + kind: {"mean": values.mean(axis=0), "sd": values.std(axis=0)}
        for kind, those in (("", runs), ("_dealt", dealt))
        for law, values in (
            ("cosine", np.array([pair_cosines(run).mean(axis=-1) for run in those])),
            ("effective_rank", np.array([effective_rank(run) for run in those])),
        )
    }


def unlike(runs: Sequence[Array], words: Sequence[Sequence[str]]) -> dict[str, Array]:
    """How alike tokens are that are different words, by layer, (L + 1,): mean cosines of all pairs.

    A token is much like the same word of another sentence from the start, and most like it the mark [CLS]. Here those are left out.

    Parameters
    ----------
    runs : list of (L + 1, n, d) array
        The states of each sentence.
    words : list of list of str
        Their tokens.

    Returns
    -------
    {"inside" a sentence, "between" two, "first" : of the first token of a sentence and its others}
    """
    runs = _runs(runs)
    if not (isinstance(words, (list, tuple)) and all(isinstance(each, (list, tuple)) for each in words)) or (
        [len(each) for each in words] != [run.shape[1] for run in runs] or not all(isinstance(word, str) for each in words for word in each)
    ):
        raise ValueError("words must be the tokens of each sentence, as many as its states")
    states = unit(np.concatenate(runs, axis=1))  # (L + 1, N, d)
    sentence = np.repeat(np.arange(len(runs)), [run.shape[1] for run in runs])
    word = np.unique(np.concatenate([np.asarray(each) for each in words]), return_inverse=True)[1]
    pairs = (word[:, None] != word) & np.tri(len(word), k=-1, dtype=bool)
    same = sentence[:, None] == sentence
    start = np.diff(sentence, prepend=-1) > 0
    kinds = {"inside": pairs & same, "between": pairs & ~same, "first": pairs & same & start}  # of a pair the earlier is the column
    if not all(chosen.any() for chosen in kinds.values()):
        raise ValueError("words must differ, within a sentence and between two")
    alike = [layer @ layer.T for layer in states]
    return {name: np.array([cosines[chosen].mean() for cosines in alike]) for name, chosen in kinds.items()}


def _runs(runs):
    if not isinstance(runs, (list, tuple)) or not runs:
        raise ValueError(f"runs must be a list of each sentence's states, (L + 1, n, d); got {runs!r:.60}")
    first = _checks.shaped("runs", runs[0], None, None, None).shape
    runs = [_checks.shaped("runs", run, first[0], None, first[2]) for run in runs]
    if not all(run.any(axis=(1, 2)).all() and run.shape[1] > 1 for run in runs):
        raise ValueError("runs must be of sentences of two tokens or more that are not all 0")
    return runs


def exact(model: Model, runs: Sequence[Array], layers: Sequence[int] = range(6)) -> dict[str, Any]:
    """The largest error of (9), slope against force, and of (14), Σ V T a + b against concatenated heads through W_O."""
    slopes, layer_errors = [], []
    for layer in layers:
        weights = _double(model, layer)
        Q, K, V = minilm.heads(weights, layer, model.n_heads)
        for number, run in enumerate(runs):
            one = with_constant(run[layer])
            slopes.append(head_laws.slope_error(one, Q, K, np.random.default_rng((layer, number))).max())
            whole = minilm.joined(weights, layer, minilm.segments(weights, layer, run[layer], model.n_heads))  # (n, d)
            summed = minilm.written(weights, layer, run[layer], Q, K, V)  # (n, d)
            layer_errors.append(np.linalg.norm(whole - summed) / np.linalg.norm(whole))
    return {"(9)": float(max(slopes)), "(14)": float(max(layer_errors)), "heads": len(layers) * model.n_heads, "sentences": len(runs)}


def _heads(model, layer):
    return minilm.heads(_double(model, layer), layer, model.n_heads)


def _double(model, layer):
    """One layer's weights as float64, so that identities are tested to float64's rounding."""
    return {name: value.astype(np.float64) for name, value in model.weights.items() if f"layer.{layer}." in name}


def _over_sentences(by_layer):
    """[layer][sentence]{law: value} → {law: {"mean", "sd"}}, the layer first."""
    by_layer = list(by_layer)
    stacked = {law: np.array([[sentence[law] for sentence in layer] for layer in by_layer], dtype=float) for law in by_layer[0][0]}
    return {law: {"mean": values.mean(axis=1), "sd": values.std(axis=1)} for law, values in stacked.items()}


def _averaged(tables):
    """The mean of several tables of one shape, number by number."""
    first = tables[0]
    if isinstance(first, dict):
        return {name: _averaged([table[name] for table in tables]) for name in first}
    return np.mean(tables, axis=0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the laws on every head and layer of the model."""
    parser = _data.parser("real.laws", "Measure the laws on every head and layer of the model.")
    parser.add_argument("--controls", type=int, default=3, help="how many shuffled models, seeds 0, 1, … (default 3)")
    options = parser.parse_args(arguments)
    model, texts = minilm.load(options.weights, packed=False), sentences()
    others = [minilm.shuffled(model, seed) for seed in range(options.controls)]
    runs, words = states(model, texts), [model.tokens(text) for text in texts]
    about = _data.about(
        what="The laws of Chapters 1 to 4 on every head and layer of a real model; see tokendynamics.real.laws",
        command=f"python -m tokendynamics.real.laws --out {options.out.name} --controls {options.controls}",
        model=minilm.CARD,
        sentences=len(texts),
        tokens=sum(run.shape[1] for run in runs),
    )
    apart, layers = [run[:, OTHERS] for run in runs], laws_of_layers(model, runs)
    wild = [layers_table(laws_of_layers(other, runs)) for other in others]
    by_themselves = [states(other, texts) for other in others]
    data = {
        "heads": heads_table(model, runs),
        "heads_random_weights": _averaged([heads_table(other, runs) for other in others]),
        "heads_without_first": heads_without_first(model, runs),
        "heads_without_first_random_weights": _averaged([heads_without_first(other, runs) for other in others]),
        "layers": layers_table(layers),
        "layers_first": layers_table(layers, FIRST),
        "layers_others": layers_table(layers, OTHERS),
        "layers_without_first": layers_table(laws_of_layers(model, apart)),
        "without_bias": layers_table(laws_without_bias(model, runs)),
        "without_bias_and_first": layers_table(laws_without_bias(model, apart)),
        "without_biases": layers_table(laws_without_bias(model, runs, values=False)),
        "layers_random_weights": _averaged(wild),
        "layers_of_each_shuffle": {law: np.array([table[law]["mean"] for table in wild]) for law in SCATTERED},
        "matrices": matrices(model)
        | {f"{law}_random_weights": value for law, value in _averaged([matrices(other) for other in others]).items()},
        "crowd": crowd(runs, np.random.default_rng(0)),
        "crowd_random_weights": _averaged([crowd(each, np.random.default_rng(0)) for each in by_themselves]),
        "unlike": unlike(runs, words),
        "unlike_random_weights": _averaged([unlike(each, words) for each in by_themselves]),
        "piece": heads_table(model, runs[:PIECE], layers=(2,)),
    }
    # errors of 1e-12 are not rounded
    _data.write(options.out, {"about": about} | _data.rounded(data) | {"exact": exact(model, runs)}, f"{len(texts)} sentences")


if __name__ == "__main__":
    _data.command(main)
