"""Distances on screen beside distances in all dimensions: against independent measures, and what a projection can do to them."""

from itertools import combinations

import numpy as np
import pytest

from tokendynamics import geometry
from tokendynamics.real import distances, senses

rng = np.random.default_rng(0)


@pytest.fixture(scope="module")
def shipped():
    return senses.shipped()


def test_pair_distances_are_those_of_each_pair():
    states = rng.normal(size=(2, 5, 7))
    for layer in range(2):
        one_by_one = [np.sqrt(((a - b) ** 2).sum()) for a, b in combinations(states[layer], 2)]
        np.testing.assert_allclose(geometry.pair_distances(states)[layer], one_by_one, rtol=1e-12)


@pytest.mark.parametrize("components", [(1, 2), (2, 3), (1, 2, 3)])
@pytest.mark.parametrize("basis", ["own", "common"])
def test_a_projection_never_makes_a_distance_longer(shipped, basis, components):
    for word in shipped["words"]:
        pairs, screen, full = distances.distances(shipped, word, basis=basis, components=components)
        assert screen.shape == full.shape == (7, 15) and len(pairs) == 15
        assert (screen <= full + 0.03).all()  # coordinates ship with two decimals


def test_screen_distances_are_those_of_the_points_drawn(shipped):
    pairs, screen, full = distances.distances(shipped, "bank", shown=[24, 26, 27], components=(1, 3))
    assert pairs == [(24, 26), (24, 27), (26, 27)]
    a, b = (np.array(shipped["sentences"][i]["own"])[5, shipped["sentences"][i]["target"]] for i in (24, 27))
    assert screen[5, 1] == pytest.approx(np.hypot(a[0] - b[0], a[2] - b[2]), rel=1e-12)
    every = list(combinations(shipped["words"]["bank"]["sentences"], 2))
    assert full[5, 1] == shipped["words"]["bank"]["distances"][5][every.index((24, 27))]


def test_rank_agreement_is_spearmans():
    stats = pytest.importorskip("scipy.stats")
    for _ in range(20):
        a, b = rng.integers(0, 6, size=(2, 8)), rng.normal(size=(2, 8))  # many equal ones, and none
        wanted = [stats.spearmanr(x, y).statistic for x, y in zip(a, b)]
        np.testing.assert_allclose(distances.rank_agreement(a, b), wanted, rtol=1e-10)


def test_rank_agreement_knows_order_alone():
    x = rng.random(10)
    assert distances.rank_agreement(x, x**3) == pytest.approx(1) and distances.rank_agreement(x, -x) == pytest.approx(-1)
    assert np.isnan(distances.rank_agreement(x[:2], x[:2])) and np.isnan(distances.rank_agreement(x, np.ones(10)))


def test_nearest_on_screen_is_placed_by_its_full_distance():
    found = distances.nearest([(0, 1), (0, 2), (1, 2)], [2.0, 0.5, 1.0], [3.0, 9.0, 4.0])
    assert found == {"pair": (0, 2), "screen": 0.5, "full": 9.0, "place": 3, "count": 3, "nearest": (0, 1)}
    assert distances.nearest([], [], []) is None


def test_what_chapter_6_says_of_planes_and_spaces(shipped):
    """Orders agree by so much in the mean over nine words, and the pair that looks nearest is it in at most four of nine."""

    def seen(basis, components):
        found = [distances.distances(shipped, word, basis=basis, components=components) for word in shipped["words"]]
        ranks = np.mean([distances.rank_agreement(screen, full) for _, screen, full in found], axis=0)
        first = [[distances.nearest(pairs, *row)["place"] == 1 for row in zip(screen, full)] for pairs, screen, full in found]
        return ranks, np.sum(first, axis=0)

    plane, space = seen("own", (1, 2)), seen("own", (1, 2, 3))
    assert (plane[0].min(), plane[0].max()) == (pytest.approx(0.51, abs=0.005), pytest.approx(0.68, abs=0.005))
    assert (space[0].min(), space[0].max()) == (pytest.approx(0.70, abs=0.005), pytest.approx(0.83, abs=0.005))
    for _, first in (plane, space, seen("common", (1, 2)), seen("common", (1, 2, 3))):
        assert first[1:].max() <= 4
