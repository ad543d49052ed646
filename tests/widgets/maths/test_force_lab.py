"""The Force lab's own maths: matrices as sliders, and what it measures, against numpy."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import tokendynamics as td

SEEDS = st.integers(0, 2**32 - 1)
NEW = {"angle": st.floats(-180, 180), "stretch": st.floats(0.1, 3), "shear": st.floats(-2, 2)}


def draw(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def rotation(degrees):
    a = np.radians(degrees)
    return np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])


@given(seed=SEEDS)
def test_shape_is_the_qr_decomposition(node, seed):
    A = draw(seed, 2, 2)
    shape = node.call("shape", "shape_of", A)
    upper = rotation(shape["angle"]).T @ A
    assert upper[0, 0] == pytest.approx(shape["stretch"])
    assert upper[1, 0] == pytest.approx(0, abs=1e-12)
    assert upper[0, 1] == pytest.approx(shape["stretch"] * shape["shear"])


@pytest.mark.parametrize("part", NEW)
@given(seed=SEEDS, data=st.data())
def test_a_slider_sets_its_part_and_keeps_the_rest(node, part, seed, data):
    A, value = draw(seed, 2, 2), data.draw(NEW[part])
    before = node.call("shape", "shape_of", A)
    B = node.call("shape", "reshape", A, part, value)
    after = node.call("shape", "shape_of", B)
    for name in NEW:
        wanted = value if name == part else before[name]
        gap = abs(after[name] - wanted)
        assert min(gap, abs(gap - 360) if name == "angle" else gap) < 1e-9 * max(1, abs(wanted)), name
    kept = np.linalg.det(A) / before["stretch"] ** 2  # the fourth number
    assert np.linalg.det(B) / after["stretch"] ** 2 == pytest.approx(kept, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("A", [[[0, 0], [0, 0]], [[0, 1], [0, 2]], [[0, 0], [0, -1]]])
def test_a_lost_column_comes_back(node, A):
    B = node.call("shape", "reshape", A, "stretch", 1.5)
    assert np.linalg.norm(B[:, 0]) == pytest.approx(1.5)
    assert B[:, 0] @ np.array(A)[:, 1] == pytest.approx(0)


@given(seed=SEEDS, n=st.integers(2, 24), scale=st.sampled_from([0.0, 0.5, 1.0, 3.0]), include_self=st.booleans())
def test_measures_are_numpys(node, seed, n, scale, include_self):
    tokens, (Q, K, V) = draw(seed, n, 2), draw(seed + 1, 3, 2, 2)
    index = Q.T @ K
    assume(np.linalg.cond(index) < 1e4)
    i = seed % n
    options = {"scale": scale, "include_self": include_self}
    found = node.call("measures", "measure", {"tokens": tokens, "Q": Q, "K": K, "V": V, "selected": i, **options})
    weights, content = td.attention_weights(tokens, Q, K, **options), td.content(tokens, Q, K, V, **options)
    np.testing.assert_allclose(found["weights"], weights[i], rtol=1e-10)
    np.testing.assert_allclose(found["contents"], content, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found["force"], td.force(tokens, Q, K, **options)[i], rtol=1e-9, atol=1e-12)
    assert found["potential"] == pytest.approx(td.potential(tokens, Q, K, **options)[i], rel=1e-10)
    assert found["condition"] == pytest.approx(np.linalg.cond(index), rel=1e-8)
    assert found["third_law"] == pytest.approx(np.linalg.norm(content.sum(axis=0)), rel=1e-9)
    # laws: what should vanish does, and the self term is the closed form
    assert found["gradient_error"] < 1e-7 * max(1, np.abs(found["force"]).max())
    assert found["motion_error"] < 1e-9 * max(1, np.linalg.cond(index)) * max(1, np.abs(content).max())
    if include_self:
        own = scale * weights[i, i] * np.linalg.norm(K.T @ Q @ tokens[i])
        assert found["self_term"] == pytest.approx(own, rel=1e-9, abs=1e-14)
        assert found["self_gap"] == pytest.approx(own, abs=1e-6 * max(1, own))


def test_a_singular_index_has_no_condition_number(node):
    assert float(node.call("measures", "condition_number", [[1, 0], [0, 0]], [[1, 0], [0, 1]])) == np.inf


@given(seed=SEEDS)
def test_finite_differences_see_a_wrong_gradient(node, seed):
    """The readout must be able to fail: it is far from zero for a force that is not the gradient."""
    tokens, (Q, K) = draw(seed, 5, 2), draw(seed + 1, 2, 2, 2)
    right, wrong = td.force(tokens, Q, K), td.force(tokens, K, Q)
    assume(np.abs(right - wrong)[0].max() > 1e-3)
    found = node.call("measures", "measure", {"tokens": tokens, "Q": Q, "K": K, "V": Q, "selected": 0, "scale": 1.0, "include_self": False})
    assert np.linalg.norm(found["force"] - wrong[0]) > 1e4 * found["gradient_error"]
