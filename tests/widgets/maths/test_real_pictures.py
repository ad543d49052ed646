"""What the real model's pictures rest on, by JavaScript and by Python: distances, and packed attention."""

import numpy as np
import pytest
from node import JavaScriptError

from tokendynamics.real import attention_maps, distances, senses

rng = np.random.default_rng(0)


@pytest.mark.parametrize("basis, components", [("own", [1, 2]), ("common", [2, 3]), ("own", [1, 2, 3])])
def test_distances(node, basis, components):
    data = senses.shipped()
    for word, entry in list(data["words"].items())[:4]:
        for shown in (None, entry["sentences"][1:5], entry["sentences"][:1]):
            ours = node.call("real_trajectories/distances", "distances", data, word, shown, basis, components)
            pairs, screen, full = distances.distances(data, word, shown=shown, basis=basis, components=components)
            assert np.reshape(ours["pairs"], (-1, 2)).tolist() == [list(pair) for pair in pairs]
            np.testing.assert_allclose(np.reshape(ours["screen"], screen.shape), screen, rtol=1e-12, atol=1e-14)
            np.testing.assert_array_equal(np.reshape(ours["full"], full.shape), full)
            for layer in (0, 6):
                near = node.call("real_trajectories/distances", "nearest", pairs, screen[layer], full[layer])
                wanted = distances.nearest(pairs, screen[layer], full[layer])
                assert (near and {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in near.items()}) == (
                    wanted and {k: list(v) if isinstance(v, tuple) else v for k, v in wanted.items()}
                )


def test_rank_agreement(node):
    for n in (2, 3, 15):
        a, b = rng.integers(0, 6, size=n).astype(float), rng.normal(size=n)
        wanted = distances.rank_agreement(a, b)
        ours = node.call("real_trajectories/distances", "rank_agreement", a, b)
        assert np.isnan(float(ours)) == np.isnan(wanted) and (np.isnan(wanted) or ours == pytest.approx(wanted, rel=1e-12))


def test_attention_unpacks(node):
    sizes = [5, 3]
    given = [rng.dirichlet(np.ones(n), size=(2, 3, n)) for n in sizes]
    packed = attention_maps.pack(given)
    got = node.call("real_trajectories/attention_maps", "unpack", packed, sizes)
    numbers = got["bytes"].tolist()
    assert numbers == [v for shares in attention_maps.unpack(packed, sizes) for v in np.rint(100 * shares).ravel()]
    for start, n, shares in zip(got["starts"], sizes, attention_maps.unpack(packed, sizes), strict=True):
        for layer, head in ((0, 0), (1, 2)):
            ours = node.call("real_trajectories/attention_maps", "weights", numbers, int(start), 3, n, layer, head)
            np.testing.assert_allclose(ours, shares[layer, head], rtol=1e-12)
    with pytest.raises(JavaScriptError, match=f"{6 * 34} weights came, {6 * 50} are needed"):
        node.call("real_trajectories/attention_maps", "unpack", packed, [5, 5])
    with pytest.raises(JavaScriptError, match="attention is damaged: its text does not unpack"):
        node.call("real_trajectories/attention_maps", "unpack", packed | {"percent": packed["percent"][:8]}, sizes)


def test_attention_as_it_is(node):
    """What a page computed comes as bytes, the per cents that Python would have packed."""
    sizes = [4, 2]
    given = [rng.dirichlet(np.ones(n), size=(2, 3, n)) for n in sizes]
    found = node.call("real_trajectories/attention_maps", "per_cents", given)
    packed = node.call("real_trajectories/attention_maps", "unpack", attention_maps.pack(given), sizes)
    ours = node.call("real_trajectories/attention_maps", "unpack", found, sizes)
    assert (found["layers"], found["heads"]) == (2, 3)
    assert ours["bytes"].tolist() == packed["bytes"].tolist() and ours["starts"].tolist() == packed["starts"].tolist()
    with pytest.raises(JavaScriptError, match=f"{6 * 20} weights came, {6 * 25} are needed"):
        node.call("real_trajectories/attention_maps", "unpack", found, [5])
