"""AdamW against its paper's recursion written out with sums, number by number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokendynamics.learning import AdamW


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.floats(0, 0.5))
def test_the_papers_recursion(seed, steps, decay):
    rng = np.random.default_rng(seed)
    gradients, rates = rng.standard_normal((steps, 3, 2)), rng.uniform(1e-4, 1e-1, steps)
    start = rng.standard_normal((3, 2))
    model = {"W": start.copy()}
    adam = AdamW(model, betas=(0.8, 0.95), eps=1e-6, decay=decay)
    for gradient, rate in zip(gradients, rates):
        adam.step({"W": gradient}, rate)
    wanted = start.copy()
    for t in range(1, steps + 1):  # the means as the weighted sums they stand for
        first = sum(0.2 * 0.8 ** (t - s) * gradients[s - 1] for s in range(1, t + 1)) / (1 - 0.8**t)
        second = sum(0.05 * 0.95 ** (t - s) * gradients[s - 1] ** 2 for s in range(1, t + 1)) / (1 - 0.95**t)
        wanted -= rates[t - 1] * decay * wanted
        wanted -= rates[t - 1] * first / (np.sqrt(second) + 1e-6)
    np.testing.assert_allclose(model["W"], wanted, rtol=1e-9, atol=1e-12)


def test_weights_without_a_gradient_stay():
    model = {"W": np.ones(2), "b": np.ones(2)}
    AdamW(model, decay=0.1).step({"W": np.ones(2)}, 0.1)
    assert (model["b"] == 1).all() and (model["W"] < 1).all()


def test_the_first_step_has_the_length_of_the_rate():
    model = {"W": np.zeros(4)}
    AdamW(model).step({"W": np.array([1e-3, -5.0, 2.0, -0.1])}, 0.01)
    assert model["W"] == pytest.approx([-0.01, 0.01, -0.01, 0.01], rel=1e-4)


def test_float32_stays_float32():
    model = {"W": np.zeros(3, dtype=np.float32)}
    AdamW(model).step({"W": np.ones(3, dtype=np.float32)}, 0.1)
    assert model["W"].dtype == np.float32
