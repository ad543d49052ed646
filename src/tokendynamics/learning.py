"""What the small models that learn have in common: softmax, loss and gradients, random batches, AdamW and the loop around it."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from ._arrays import exponentials
from ._checks import OutOfRange
from ._typing import Array, Integers, Parameters


def softmax(scores: Array, axis: int = -1) -> Array:
    """Shares that add to 1 along `axis`; the largest score is taken out first, so that no exponential overflows.

    Parameters
    ----------
    scores : (…) array
    axis : int, default -1

    Returns
    -------
    (…) array
    """
    mass, total, _ = exponentials(scores, axis)
    return mass / total


def softmax_gradient(shares: Array, gradient: Array, axis: int = -1) -> Array:
    """The gradient in the scores, from the gradient in their shares.

    Parameters
    ----------
    shares : (…) array
        As `softmax` gives them.
    gradient : (…) array
        In the shares.
    axis : int, default -1

    Returns
    -------
    (…) array
    """
    return shares * (gradient - (shares * gradient).sum(axis=axis, keepdims=True))


def cross_entropy(logits: Array, wanted: Integers, *, mean: bool = True) -> tuple[Array, Array]:
    """Minus the log-probability of each wanted class, and the gradient of their mean.

    Parameters
    ----------
    logits : (…, c) array
    wanted : (…) array of int
    mean : bool, default True
        Without, it is the gradient of their sum.

    Returns
    -------
    loss : (…) array
        In nats.
    gradient : (…, c) array
        In the logits.
    """
    mass, total, high = exponentials(logits)
    at = np.asarray(wanted)[..., None]
    loss = (np.log(total) + high - np.take_along_axis(logits, at, axis=-1))[..., 0]
    gradient = mass / total
    np.put_along_axis(gradient, at, np.take_along_axis(gradient, at, axis=-1) - 1, axis=-1)
    return loss, gradient / wanted.size if mean else gradient


def batches(rng: np.random.Generator, pool: Any, size: int) -> Iterator[Any]:
    """Without end, rows drawn at random; those of one batch may repeat.

    Parameters
    ----------
    rng : numpy.random.Generator
    pool : tuple of arrays
        Of one length.
    size : int
        Rows of a batch.

    Yields
    ------
    tuple of arrays, of the type of `pool`
    """
    while True:
        rows = rng.integers(len(pool[0]), size=size)
        yield type(pool)(*(column[rows] for column in pool))


class AdamW:
    """Steps downhill for a dict of arrays, changed in place (AdamW; with no decay it is Adam, Kingma and Ba 2015).

    Parameters
    ----------
    parameters : dict
        {name: array}; a running mean of each gradient and of its square is kept.
    betas : two floats, default 0.9 and 0.999
        How slowly those two means forget.
    eps : float, default 1e-8
        Keeps the division finite.
    decay : float, default 0
        Share of each weight that is taken away a unit of learning rate, apart from the gradient.
    """

    def __init__(self, parameters: Parameters, *, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8, decay: float = 0.0) -> None:
        self.parameters, self.betas, self.eps, self.decay = parameters, betas, eps, decay
        self.mean = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.square = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.steps = 0

    def step(self, gradients: Parameters, rate: float) -> None:
        """One step of length `rate` along `gradients`, {name: array}; names without a gradient stay as they are."""
        self.steps += 1
        slow, slower = self.betas
        for name, gradient in gradients.items():
            mean, square, value = self.mean[name], self.square[name], self.parameters[name]
            mean += (1 - slow) * (gradient - mean)
            square += (1 - slower) * (gradient * gradient - square)
            value *= 1 - rate * self.decay
            unbiased = mean / (1 - slow**self.steps)
            value -= rate * unbiased / (np.sqrt(square / (1 - slower**self.steps)) + self.eps)


def descend(
    optimiser: AdamW,
    batches: Iterable[Any],
    loss_and_gradients: Callable[[Parameters, Any], tuple[float, Parameters]],
    rate: Callable[[int], float],
) -> Iterator[tuple[int, float]]:
    """One step of the optimiser for each batch; ends with the batches, or before the step whose loss is no number.

    Parameters
    ----------
    optimiser : AdamW
    batches : iterable
    loss_and_gradients : function (parameters, batch) → loss, {name: gradient}
    rate : function (step) → learning rate

    Yields
    ------
    step : int
        From 1.
    loss : float
        Of that step's batch, before the step.
    """
    for step, batch in enumerate(batches, start=1):
        try:
            loss, gradients = loss_and_gradients(optimiser.parameters, batch)
        except OutOfRange:
            return
        if not np.isfinite(loss):
            return
        optimiser.step(gradients, rate(step))
        yield step, loss
