"""A tiny transformer in numpy: one body, several read-outs, and its gradients by hand.

A layer is LayerNorm, H heads, W_O and a residual connection; then, if there is one, LayerNorm, an MLP with a ReLU and
another residual connection (the "pre-norm" order). Heads are causal and see themselves; scores are multiplied by
1/√d_head. After the last layer comes one more LayerNorm, and then a matrix and a shift for every task.

The parameters are a dict of arrays, all of one dtype, for L layers, H heads, W words, n places and tasks of C classes:

    "words" (W, d)   "places" (n, d)                                  what is looked up at the start
    "0.gain" "0.shift" (d,)   "0.Q" "0.K" "0.V" (H, d_head, d)   "0.O" (d, H d_head)             layer 0, its heads
    "0.mlp_gain" "0.mlp_shift" (d,)   "0.up" (m, d)  "0.up_shift" (m,)  "0.down" (d, m)  "0.down_shift" (d,)
    "gain" "shift" (d,)   "read.TASK" (C, d)   "read.TASK.shift" (C,)                             the read-outs

Nothing here has a unit. Source: Vaswani et al. (2017), LayerNorm before each part.
"""

from typing import Any, NamedTuple

import numpy as np

from .._typing import Array, DTypeLike, Integers, Parameters

EPS = 1e-5  # added to the variance in LayerNorm


class Run(NamedTuple):
    """What `forward` returns for words of shape (…, n); L layers."""

    attention: np.ndarray  # (L, …, H, n, n) weights; rows sum to 1, the future has 0
    segments: np.ndarray  # (L, …, H, n, d_head) each head's output before W_O, as it was used
    stream: np.ndarray  # (S, …, n, d) the residual stream: at the start and after each part; S = 1 + L, with an MLP 1 + 2L
    final: np.ndarray  # (…, n, d) the stream's last state after LayerNorm: what every read-out reads
    logits: dict  # {task: (…, n, C)}
    cache: list  # what the gradients need, a dict a layer


def initial(
    rng: np.random.Generator, *, words: int, places: int, d: int, heads: int, layers: int, tasks: dict[str, int],
    mlp: int = 0, dtype: DTypeLike = np.float32,
) -> Parameters:  # fmt: skip
    """Random parameters. `words`, `places`: how many there are; `d` is split among `heads`; `tasks`: {name: number of classes}.

    `mlp` is the width m of the MLP, 0 for none. Matrices are Gaussian, 1/√(columns); those that write into the stream
    are smaller by √(2 layers). Read-outs start at 0. Bad input raises ValueError.
    """
    sizes = {"words": words, "places": places, "d": d, "heads": heads, "layers": layers, **{f"tasks[{t!r}]": c for t, c in tasks.items()}}
    for name, value in (*sizes.items(), ("mlp", mlp)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < (name != "mlp"):
            raise ValueError(f"{name} must be a whole number of at least {int(name != 'mlp')}; got {value!r}")
    if d % heads:
        raise ValueError(f"d must be a multiple of heads, {heads}; got {d}")

    def matrix(*shape, by=1.0):
        return rng.standard_normal(shape) * by / np.sqrt(shape[-1])

    quiet = 1 / np.sqrt(2 * layers)
    p = {"words": 0.5 * rng.standard_normal((words, d)), "places": 0.5 * rng.standard_normal((places, d))}
    for l in range(layers):
        p |= {f"{l}.gain": np.ones(d), f"{l}.shift": np.zeros(d)}
        p |= {f"{l}.{name}": matrix(heads, d // heads, d) for name in "QKV"} | {f"{l}.O": matrix(d, d, by=quiet)}
        if mlp:
            p |= {f"{l}.mlp_gain": np.ones(d), f"{l}.mlp_shift": np.zeros(d)}
            p |= {f"{l}.up": matrix(mlp, d, by=np.sqrt(2)), f"{l}.up_shift": np.zeros(mlp)}
            p |= {f"{l}.down": matrix(d, mlp, by=quiet), f"{l}.down_shift": np.zeros(d)}
    p |= {"gain": np.ones(d), "shift": np.zeros(d)}
    for task, classes in tasks.items():
        p |= {f"read.{task}": np.zeros((classes, d)), f"read.{task}.shift": np.zeros(classes)}
    return {name: value.astype(dtype) for name, value in p.items()}


def n_layers(parameters: Parameters) -> int:
    """How many layers the parameters have."""
    return sum(name.endswith(".Q") for name in parameters)


def tasks(parameters: Parameters) -> list[str]:
    """The names of the read-outs, in the order they were made."""
    return [name[5:] for name in parameters if name.startswith("read.") and not name.endswith(".shift")]


def forward(parameters: Parameters, words: Integers, *, keep: Array | None = None, instead: Array | None = None) -> Run:
    """Run the model on whole numbers `words`, (…, n); a `Run`.

    keep    : (L, H), how much of each segment is kept; None keeps all.
    instead : (L, H, d_head), what takes the place of the part that is not kept; None for 0.
    Bad input raises ValueError.
    """
    p, words = parameters, np.asarray(words)
    n, table = words.shape[-1] if words.ndim else 0, p["words"]
    if words.dtype.kind not in "iu" or not 0 < n <= len(p["places"]):
        raise ValueError(
            f"words must be whole numbers of shape (…, n), n from 1 to {len(p['places'])}; got {words.dtype} of shape {words.shape}"
        )
    if words.min() < 0 or words.max() >= len(table):
        raise ValueError(f"words must be numbers from 0 to {len(table) - 1}; got {words.min()} to {words.max()}")
    H, d_head, d = p["0.Q"].shape
    L = n_layers(p)
    keep = _switches("keep", keep, (L, H))
    instead = _switches("instead", instead, (L, H, d_head))
    hidden = np.triu(np.full((n, n), -np.inf, dtype=table.dtype), 1)
    x = table[words] + p["places"][:n]
    stream, cache = [x], []
    for l in range(L):
        normal, y = _normal(x)
        y = y * p[f"{l}.gain"] + p[f"{l}.shift"]
        q, k, v = (_split(y @ p[f"{l}.{name}"].reshape(-1, d).T, H) for name in "QKV")
        scores = q @ _transpose(k) / np.sqrt(d_head).astype(x.dtype) + hidden
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        a = scores / scores.sum(axis=-1, keepdims=True)
        segments = a @ v
        if keep is not None:
            part = keep[l].astype(x.dtype)[:, None, None]
            segments = part * segments + (0 if instead is None else (1 - part) * instead[l].astype(x.dtype)[:, None, :])
        joined = _join(segments)
        x = x + joined @ p[f"{l}.O"].T
        stream.append(x)
        cache.append({"normal": normal, "y": y, "q": q, "k": k, "v": v, "a": a, "segments": segments, "joined": joined})
        if f"{l}.up" in p:
            normal, y = _normal(x)
            y = y * p[f"{l}.mlp_gain"] + p[f"{l}.mlp_shift"]
            bent = np.maximum(y @ p[f"{l}.up"].T + p[f"{l}.up_shift"], 0)
            x = x + bent @ p[f"{l}.down"].T + p[f"{l}.down_shift"]
            stream.append(x)
            cache[-1] |= {"mlp_normal": normal, "mlp_y": y, "bent": bent}
    normal, y = _normal(x)
    final = y * p["gain"] + p["shift"]
    cache.append({"normal": normal})
    logits = {task: final @ p[f"read.{task}"].T + p[f"read.{task}.shift"] for task in tasks(p)}
    attention, segments = (np.stack([c[name] for c in cache[:L]]) for name in ("a", "segments"))
    return Run(attention, segments, np.stack(stream), final, logits, cache)


def loss_and_gradients(
    parameters: Parameters, words: Integers, targets: dict[str, Integers], *, weights: Any = None, through: bool = True
) -> tuple[float, dict[str, float], Parameters]:
    """The loss, the losses by task, and the gradients: (number, {task: number}, {name: array}).

    words   : (b, n);  targets : {task: (b, n)} classes, −1 where nothing is asked; tasks that are left out are not trained.
    weights : {task: number}, what each task counts for; 1 for all by default.
    through : whether to go through the read-outs into the body; without, only the read-outs get gradients.
    A task's loss is the mean of −ln(probability of the right class) over all places where it is asked, in nats.
    """
    p, run = parameters, forward(parameters, words)
    losses, gradients, d_final = {}, {}, np.zeros_like(run.final)
    for task, target in targets.items():
        asked = target >= 0
        read, logits = run.final[asked], run.logits[task][asked]
        logits = logits - logits.max(axis=-1, keepdims=True)
        odds = np.exp(logits)
        total = odds.sum(axis=-1, keepdims=True)
        rows = np.arange(len(read))
        losses[task] = float((np.log(total[:, 0]) - logits[rows, target[asked]]).mean())
        error = odds / total
        error[rows, target[asked]] -= 1
        error *= (1.0 if weights is None else weights[task]) / len(read)
        gradients[f"read.{task}"] = error.T @ read
        gradients[f"read.{task}.shift"] = error.sum(axis=0)
        d_final[asked] += error @ p[f"read.{task}"]
    loss = sum(value * (1.0 if weights is None else weights[task]) for task, value in losses.items())
    if through:
        gradients |= _body_gradients(p, np.asarray(words), run, d_final)
    return loss, losses, gradients


def _body_gradients(p, words, run, d_final):
    """The chain rule from the last LayerNorm back to the words; `d_x` is the loss's slope in the stream."""
    H, d_head, d = p["0.Q"].shape
    g = {}
    d_x = _normal_back(p, g, run.cache[-1]["normal"], d_final, "gain", "shift")
    for l in reversed(range(n_layers(p))):
        c = run.cache[l]
        if f"{l}.up" in p:
            d_bent = (d_x @ p[f"{l}.down"]) * (c["bent"] > 0)
            g[f"{l}.down"], g[f"{l}.down_shift"] = _outer(d_x, c["bent"]), _over_tokens(d_x)
            g[f"{l}.up"], g[f"{l}.up_shift"] = _outer(d_bent, c["mlp_y"]), _over_tokens(d_bent)
            d_x = d_x + _normal_back(p, g, c["mlp_normal"], d_bent @ p[f"{l}.up"], f"{l}.mlp_gain", f"{l}.mlp_shift")
        g[f"{l}.O"] = _outer(d_x, c["joined"])
        d_segments = _split(d_x @ p[f"{l}.O"], H)
        d_a = d_segments @ _transpose(c["v"])
        d_scores = c["a"] * (d_a - (c["a"] * d_a).sum(axis=-1, keepdims=True)) / np.sqrt(d_head).astype(d_x.dtype)
        d_parts = {"Q": d_scores @ c["k"], "K": _transpose(d_scores) @ c["q"], "V": _transpose(c["a"]) @ d_segments}
        d_y = 0
        for name, d_part in d_parts.items():
            d_part = _join(d_part)
            g[f"{l}.{name}"] = _outer(d_part, c["y"]).reshape(H, d_head, d)
            d_y = d_y + d_part @ p[f"{l}.{name}"].reshape(-1, d)
        d_x = d_x + _normal_back(p, g, c["normal"], d_y, f"{l}.gain", f"{l}.shift")
    g["places"] = np.zeros_like(p["places"])
    g["places"][: words.shape[-1]] = d_x.reshape(-1, *d_x.shape[-2:]).sum(axis=0)
    g["words"] = np.zeros_like(p["words"])
    np.add.at(g["words"], words.ravel(), d_x.reshape(-1, d))
    return g


def _normal(x):
    """LayerNorm without gain and shift: ((y, 1/deviation), y)."""
    y = x - x.mean(axis=-1, keepdims=True)
    inverse = 1 / np.sqrt((y * y).mean(axis=-1, keepdims=True) + EPS).astype(x.dtype)
    y = y * inverse
    return (y, inverse), y


def _normal_back(p, g, normal, d_y, gain, shift):
    """Through a LayerNorm: notes the gradients of its gain and shift, returns that of its input."""
    y, inverse = normal
    g[gain], g[shift] = _over_tokens(d_y * y), _over_tokens(d_y)
    d_y = d_y * p[gain]
    return inverse * (d_y - d_y.mean(axis=-1, keepdims=True) - y * (d_y * y).mean(axis=-1, keepdims=True))


def _switches(name, value, shape):
    if value is None:
        return None
    value = np.asarray(value, dtype=np.float64)
    if value.shape != shape or not np.isfinite(value).all():
        raise ValueError(f"{name} must be finite numbers of shape {shape}; got shape {value.shape}")
    return value


def _split(x, heads):
    """(…, n, H d_head) to (…, H, n, d_head)."""
    return np.swapaxes(x.reshape(*x.shape[:-1], heads, -1), -2, -3)


def _join(x):
    """(…, H, n, d_head) to (…, n, H d_head)."""
    x = np.swapaxes(x, -2, -3)
    return x.reshape(*x.shape[:-2], -1)


def _outer(rows, columns):
    """Σ over all tokens of rowᵀ column."""
    return rows.reshape(-1, rows.shape[-1]).T @ columns.reshape(-1, columns.shape[-1])


def _over_tokens(x):
    return x.reshape(-1, x.shape[-1]).sum(axis=0)


def _transpose(x):
    return np.swapaxes(x, -1, -2)
