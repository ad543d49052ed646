"""A tiny transformer in numpy: one body, several read-outs, and its gradients by hand.

A layer is LayerNorm, H heads, W_O and a residual connection; then, if there is one, LayerNorm, an MLP with a ReLU and
another residual connection (the "pre-norm" order). Heads are causal and see themselves; scores are multiplied by
1/√d_head. After the last layer comes one more LayerNorm, and then a matrix and a shift for every task.

The parameters are a dict of arrays, all of one dtype, for L layers, H heads, W words, n places and tasks of C classes:

    "words" (W, d)   "places" (n, d)                                  what is looked up at the start
    "0.gain" "0.shift" (d,)   "0.Q" "0.K" "0.V" (H, d_head, d)   "0.O" (d, H d_head)             layer 0, its heads
    "0.mlp_gain" "0.mlp_shift" (d,)   "0.up" (m, d)  "0.up_shift" (m,)  "0.down" (d, m)  "0.down_shift" (d,)
    "gain" "shift" (d,)   "read.TASK" (C, d)   "read.TASK.shift" (C,)                             the read-outs

In the comments b stands for the leading axes, "…". Nothing here has a unit. Bad input raises ValueError.
Source: Vaswani et al. (2017), LayerNorm before each part.
"""

from typing import Any, NamedTuple

import numpy as np

from .. import _checks
from .._arrays import transpose
from .._typing import Array, ArrayLike, DTypeLike, Integers, Parameters
from ..learning import cross_entropy, softmax, softmax_gradient

EPS = 1e-5  # added to the variance in LayerNorm


class Run(NamedTuple):
    """What `forward` returns for words of shape (…, n); L layers."""

    attention: np.ndarray  # (L, …, H, n, n) weights; rows sum to 1, the future has 0
    segments: np.ndarray  # (L, …, H, n, d_head) each head's output before W_O, as it was used
    stream: np.ndarray  # (S, …, n, d) the residual stream: at the start and after each part; S = 1 + L, with an MLP 1 + 2L
    final: np.ndarray  # (…, n, d) the stream's last state after LayerNorm: what every read-out reads
    logits: dict  # {task: (…, n, C)}
    cache: Any  # what the gradients need, a `_Cache`


class Sizes(NamedTuple):
    """The sizes of a model, as its parameters have them."""

    words: int
    places: int
    d: int
    layers: int
    heads: int
    d_head: int
    tasks: dict[str, int]  # {name: number of classes}


class _Norm(NamedTuple):
    """A LayerNorm before its gain and shift."""

    y: np.ndarray  # (b, n, d) rows of mean 0 and variance 1
    inverse: np.ndarray  # (b, n, 1) one over the deviation


class _Heads(NamedTuple):
    norm: _Norm
    y: np.ndarray  # (b, n, d) what the heads read
    q: np.ndarray  # (b, H, n, d_head)
    k: np.ndarray  # (b, H, n, d_head)
    v: np.ndarray  # (b, H, n, d_head)
    attention: np.ndarray  # (b, H, n, n)
    segments: np.ndarray  # (b, H, n, d_head)
    joined: np.ndarray  # (b, n, H d_head)


class _MLP(NamedTuple):
    norm: _Norm
    y: np.ndarray  # (b, n, d) what the MLP reads
    hidden: np.ndarray  # (b, n, m) after the ReLU


class _Cache(NamedTuple):
    heads: list[_Heads]  # L
    mlp: list[_MLP]  # L, or none
    norm: _Norm  # of the last LayerNorm


def initial(
    rng: np.random.Generator, *, words: int, places: int, d: int, heads: int, layers: int, tasks: dict[str, int],
    mlp: int = 0, dtype: DTypeLike = np.float32,
) -> Parameters:  # fmt: skip
    """Random parameters.

    Matrices are Gaussian, 1/√(columns); those that write into the stream are smaller by √(2 layers). Read-outs start at 0.

    Parameters
    ----------
    rng : numpy.random.Generator
    words, places : int
        How many there are.
    d, heads, layers : int
        `d` is split among the heads.
    tasks : dict
        {name: number of classes}.
    mlp : int, default 0
        The width m of the MLP; 0 for none.
    dtype : float32 or float64, default float32

    Returns
    -------
    dict of arrays
    """
    rng, dtype = _checks.generator("rng", rng), _checks.floats("dtype", dtype)
    _checks.mapping("tasks", tasks, "numbers of classes")
    _checks.sizes(words=words, places=places, d=d, heads=heads, layers=layers, **{f"tasks[{task!r}]": c for task, c in tasks.items()})
    _checks.whole("mlp", mlp)
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
    return sum(name.endswith(".Q") for name in _checks.mapping("parameters", parameters, "arrays"))


def tasks(parameters: Parameters) -> list[str]:
    """The names of the read-outs, in the order they were made."""
    names = _checks.mapping("parameters", parameters, "arrays")
    return [name[5:] for name in names if name.startswith("read.") and not name.endswith(".shift")]


def sizes(parameters: Parameters) -> Sizes:
    """The sizes of a model, once all its arrays are there, finite and of the shapes that belong together.

    Parameters
    ----------
    parameters : dict of arrays

    Returns
    -------
    Sizes

    Raises
    ------
    ValueError
        Where an array is missing, of another shape, or holds what is not a finite number.
    """
    p = _checks.mapping("parameters", parameters, "arrays")
    W, d = _checks.parameter(p, "words", "W", "d").shape
    H, d_head, _ = _checks.parameter(p, "0.Q", "H", "d_head", d).shape
    classes = {task: len(_checks.parameter(p, f"read.{task}", "C", d)) for task in tasks(p)}
    found = Sizes(W, len(_checks.parameter(p, "places", "n", d)), d, n_layers(p), H, d_head, classes)
    _checks.parameter(p, "gain", d), _checks.parameter(p, "shift", d)
    for task, count in classes.items():
        _checks.parameter(p, f"read.{task}.shift", count)
    for l in range(found.layers):
        _checks.parameter(p, f"{l}.gain", d), _checks.parameter(p, f"{l}.shift", d), _checks.parameter(p, f"{l}.O", d, H * d_head)
        for name in "QKV":
            _checks.parameter(p, f"{l}.{name}", H, d_head, d)
        if f"{l}.up" in p:
            m = len(_checks.parameter(p, f"{l}.up", "m", d))
            _checks.parameter(p, f"{l}.mlp_gain", d), _checks.parameter(p, f"{l}.mlp_shift", d)
            _checks.parameter(p, f"{l}.up_shift", m), _checks.parameter(p, f"{l}.down", d, m), _checks.parameter(p, f"{l}.down_shift", d)
    return found


def forward(parameters: Parameters, words: Integers, *, keep: ArrayLike | None = None, instead: ArrayLike | None = None) -> Run:
    """Run the model.

    Parameters
    ----------
    parameters : dict of arrays
    words : (…, n) whole numbers
    keep : (L, H) array, optional
        How much of each segment is kept; all by default.
    instead : (L, H, d_head) array, optional
        What takes the place of the part that is not kept; 0 by default.

    Returns
    -------
    Run
    """
    size = sizes(parameters)
    words = _words(words, size)
    keep = _switches("keep", keep, (size.layers, size.heads))
    instead = _switches("instead", instead, (size.layers, size.heads, size.d_head))
    with np.errstate(all="ignore"):
        run = _forward(parameters, words, keep, instead)
    for logits in run.logits.values():
        _checks.finite(logits, "parameters, keep and instead give logits")
    return run


def read_out(parameters: Parameters, task: str, last: ArrayLike) -> Array:
    """What a read-out makes of the stream's last states, after the last LayerNorm.

    Parameters
    ----------
    parameters : dict of arrays
    task : str
        The read-out.
    last : (…, d) array
        The stream after the last layer, or what it would be if a part of it were another.

    Returns
    -------
    (…, C) array
        Logits of the task's classes.
    """
    size = sizes(parameters)
    _checks.choice("task", task, size.tasks)
    last = _checks.array("last", last, ndim_min=1, shape=f"(…, {size.d})")
    if last.shape[-1] != size.d:
        raise ValueError(f"last must have shape (…, {size.d}); got shape {last.shape}")
    with np.errstate(all="ignore"):
        logits = _read(parameters, task, _layer_norm(last, parameters["gain"], parameters["shift"])[0])
    return _checks.finite(logits, "parameters and last give logits")


def continued(parameters: Parameters, words: Integers, count: int, *, task: str = "next") -> Integers:
    """Words that go on with what the model holds for likeliest: each word that the read-out picks becomes the next input.

    Parameters
    ----------
    parameters : dict of arrays
    words : (n,) whole numbers
        Those given.
    count : int
        How many are written.
    task : str, default "next"
        The read-out that picks them.

    Returns
    -------
    (n + count,) whole numbers
    """
    size = sizes(parameters)
    words, count = _checks.integers("words", words, shape="(n,)", high=size.words - 1, ndim=1), _checks.whole("count", count)
    if len(words) + count > size.places:
        raise ValueError(f"words and count must be at most {size.places} together; got {len(words)} and {count}")
    if size.tasks[_checks.choice("task", task, size.tasks)] > size.words:
        raise ValueError(f"task must be answered by a word; {task!r} has {size.tasks[task]} answers and there are {size.words} words")
    for _ in range(count):
        words = np.append(words, forward(parameters, words).logits[task][-1].argmax())
    return words


def loss_and_gradients(
    parameters: Parameters, words: Integers, targets: dict[str, Integers], *, weights: dict[str, float] | None = None, through: bool = True
) -> tuple[float, dict[str, float], Parameters]:
    """The loss, the losses by task, and the gradients.

    A task's loss is the mean of −ln(probability of the right class) over all places where it is asked, in nats.

    Parameters
    ----------
    parameters : dict of arrays
    words : (b, n) whole numbers
    targets : dict
        {task: (b, n) classes}, −1 where nothing is asked; tasks that are left out are not trained.
    weights : dict, optional
        {task: number}, what each task counts for; 1 for all by default.
    through : bool, default True
        Whether to go through the read-outs into the body; without, only the read-outs get gradients.

    Returns
    -------
    loss : float
    losses : dict of numbers, by task
    gradients : dict of arrays
    """
    size = sizes(parameters)
    words, through = _words(words, size), _checks.flag("through", through)
    for task in _checks.mapping("targets", targets, "classes by task"):
        _checks.choice("a task of targets", task, size.tasks)
    targets = {task: _target(f"targets[{task!r}]", target, size.tasks[task], words.shape) for task, target in targets.items()}
    if weights is not None:
        weights = _checks.mapping("weights", weights, "numbers by task, one for each of targets")
        weights = {task: _checks.number(f"weights[{task!r}]", weights.get(task), minimum=0) for task in targets}
    with np.errstate(all="ignore"):
        loss, losses, gradients = _loss_and_gradients(parameters, words, targets, weights=weights, through=through)
    for name, gradient in gradients.items():
        _checks.finite(gradient, f"parameters and weights give a gradient of {name!r}")
    return loss, losses, gradients


def _forward(p, words, keep=None, instead=None):
    x = p["words"][words] + p["places"][: words.shape[-1]]  # (b, n, d)
    stream, heads, mlp = [x], [], []
    for l in range(n_layers(p)):
        x, kept = _attend(p, l, x, None if keep is None else keep[l], None if instead is None else instead[l])  # (b, n, d)
        stream.append(x)
        heads.append(kept)
        if f"{l}.up" in p:
            x, kept = _mlp(p, l, x)  # (b, n, d)
            stream.append(x)
            mlp.append(kept)
    final, norm = _layer_norm(x, p["gain"], p["shift"])  # (b, n, d)
    logits = {task: _read(p, task, final) for task in tasks(p)}  # (b, n, C)
    attention, segments = (np.stack([getattr(kept, name) for kept in heads]) for name in ("attention", "segments"))
    return Run(attention, segments, np.stack(stream), final, logits, _Cache(heads, mlp, norm))


def _read(p, task, final):
    """The logits of what came through the last LayerNorm, (…, C)."""
    return final @ p[f"read.{task}"].T + p[f"read.{task}.shift"]


def _attend(p, l, x, keep, instead):
    """The stream after the heads of a layer, (b, n, d), and `_Heads`."""
    H, d_head, d = p[f"{l}.Q"].shape
    n = x.shape[-2]
    y, norm = _layer_norm(x, p[f"{l}.gain"], p[f"{l}.shift"])  # (b, n, d)
    q, k, v = (_split(y @ p[f"{l}.{name}"].reshape(-1, d).T, H) for name in "QKV")  # (b, H, n, d_head) each
    scores = q @ transpose(k) / np.sqrt(d_head).astype(x.dtype)  # (b, H, n, n)
    attention = softmax(scores + np.triu(np.full((n, n), -np.inf, dtype=x.dtype), 1))  # (b, H, n, n)
    segments = attention @ v  # (b, H, n, d_head)
    if keep is not None:
        share = keep.astype(x.dtype)[:, None, None]  # (H, 1, 1)
        segments = share * segments + (0 if instead is None else (1 - share) * instead.astype(x.dtype)[:, None, :])
    joined = _join(segments)  # (b, n, H d_head)
    return x + joined @ p[f"{l}.O"].T, _Heads(norm, y, q, k, v, attention, segments, joined)


def _mlp(p, l, x):
    """The stream after the MLP of a layer, (b, n, d), and `_MLP`."""
    y, norm = _layer_norm(x, p[f"{l}.mlp_gain"], p[f"{l}.mlp_shift"])  # (b, n, d)
    hidden = np.maximum(y @ p[f"{l}.up"].T + p[f"{l}.up_shift"], 0)  # (b, n, m)
    return x + hidden @ p[f"{l}.down"].T + p[f"{l}.down_shift"], _MLP(norm, y, hidden)


def _loss_and_gradients(p, words, targets, *, weights=None, through=True):
    """The same for what is checked already: training runs over its end where a loss or a gradient is no number, and says so."""
    run = _forward(p, words)
    weights = dict.fromkeys(targets, 1.0) if weights is None else weights
    losses, gradients, d_final = {}, {}, np.zeros_like(run.final)  # (b, n, d)
    for task, target in targets.items():
        asked = target >= 0  # (b, n); m of them below
        read = run.final[asked]  # (m, d)
        loss, d_logits = cross_entropy(run.logits[task][asked], target[asked], mean=False)  # (m,), (m, C)
        losses[task] = float(loss.mean())
        d_logits *= weights[task] / len(read)
        gradients[f"read.{task}"] = d_logits.T @ read  # (C, d)
        gradients[f"read.{task}.shift"] = d_logits.sum(axis=0)  # (C,)
        d_final[asked] += d_logits @ p[f"read.{task}"]
    if through:
        gradients |= _body_gradients(p, words, run, d_final)
    return sum(weights[task] * loss for task, loss in losses.items()), losses, gradients


def _body_gradients(p, words, run, d_final):
    """The chain rule from the last LayerNorm back to the words; `d_x` is the loss's slope in the stream."""
    g: Parameters = {}
    d_x = _layer_norm_gradient(p, g, run.cache.norm, d_final, "gain", "shift")  # (b, n, d)
    for l in reversed(range(n_layers(p))):
        if f"{l}.up" in p:
            d_x = d_x + _mlp_gradient(p, g, l, run.cache.mlp[l], d_x)
        d_x = d_x + _attention_gradient(p, g, l, run.cache.heads[l], d_x)
    g["places"] = np.zeros_like(p["places"])
    g["places"][: words.shape[-1]] = d_x.reshape(-1, *d_x.shape[-2:]).sum(axis=0)  # (n, d)
    g["words"] = np.zeros_like(p["words"])
    np.add.at(g["words"], words.ravel(), d_x.reshape(-1, d_x.shape[-1]))
    return g


def _mlp_gradient(p, g, l, kept, d_x):
    d_hidden = (d_x @ p[f"{l}.down"]) * (kept.hidden > 0)  # (b, n, m)
    g[f"{l}.down"], g[f"{l}.down_shift"] = _outer(d_x, kept.hidden), _over_tokens(d_x)  # (d, m), (d,)
    g[f"{l}.up"], g[f"{l}.up_shift"] = _outer(d_hidden, kept.y), _over_tokens(d_hidden)  # (m, d), (m,)
    return _layer_norm_gradient(p, g, kept.norm, d_hidden @ p[f"{l}.up"], f"{l}.mlp_gain", f"{l}.mlp_shift")  # (b, n, d)


def _attention_gradient(p, g, l, kept, d_x):
    H, d_head, d = p[f"{l}.Q"].shape
    g[f"{l}.O"] = _outer(d_x, kept.joined)  # (d, H d_head)
    d_segments = _split(d_x @ p[f"{l}.O"], H)  # (b, H, n, d_head)
    d_scores = softmax_gradient(kept.attention, d_segments @ transpose(kept.v)) / np.sqrt(d_head).astype(d_x.dtype)  # (b, H, n, n)
    d_parts = {"Q": d_scores @ kept.k, "K": transpose(d_scores) @ kept.q, "V": transpose(kept.attention) @ d_segments}
    d_y = 0
    for name, d_part in d_parts.items():
        d_part = _join(d_part)  # (b, n, H d_head)
        g[f"{l}.{name}"] = _outer(d_part, kept.y).reshape(H, d_head, d)
        d_y = d_y + d_part @ p[f"{l}.{name}"].reshape(-1, d)  # (b, n, d)
    return _layer_norm_gradient(p, g, kept.norm, d_y, f"{l}.gain", f"{l}.shift")


def _layer_norm(x, gain, shift):
    """LayerNorm of each row, (b, n, d), and `_Norm`."""
    y = x - x.mean(axis=-1, keepdims=True)  # (b, n, d)
    inverse = 1 / np.sqrt((y * y).mean(axis=-1, keepdims=True) + EPS).astype(x.dtype)  # (b, n, 1)
    y = y * inverse
    return y * gain + shift, _Norm(y, inverse)


def _layer_norm_gradient(p, g, norm, d_y, gain, shift):
    """Notes the gradients of the gain and the shift, returns that of what the norm was taken of, (b, n, d)."""
    g[gain], g[shift] = _over_tokens(d_y * norm.y), _over_tokens(d_y)  # (d,) each
    d_y = d_y * p[gain]
    return norm.inverse * (d_y - d_y.mean(axis=-1, keepdims=True) - norm.y * (d_y * norm.y).mean(axis=-1, keepdims=True))


def _words(words, size):
    words = _checks.integers("words", words, shape=f"(…, n), n from 1 to {size.places}", high=size.words - 1)
    if words.shape[-1] > size.places:
        raise ValueError(
            f"words must be whole numbers of shape (…, n), n from 1 to {size.places}; got {words.dtype} of shape {words.shape}"
        )
    return words


def _target(name, target, classes, shape):
    target = _checks.integers(name, target, shape=str(shape), low=-1, high=classes - 1)
    if target.shape != shape or target.max() < 0:
        raise ValueError(f"{name} must have the shape of words, {shape}, and ask at least once; got shape {target.shape}")
    return target


def _switches(name, value, shape):
    if value is None:
        return None
    value = _checks.array(name, value, ndim_min=1, shape=str(shape)).astype(np.float64)
    if value.shape != shape:
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
