"""What is measured on the causal model, on weights where the answer is known, and the shipped numbers against the model."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from test_smollm import tiny, with_weights

from tokendynamics import knowledge_residual
from tokendynamics.figures import chapter6
from tokendynamics.real import causal_heads, smollm
from tokendynamics.real import laws as real_laws


def repeated(rng, count=3, length=5):
    once = rng.integers(1, 9, (count, length))
    return np.concatenate([np.zeros((count, 1), dtype=int), once, once], axis=1)


def test_scores_know_a_perfect_head_of_each_kind():
    n, length = 11, 5
    perfect = {name: np.eye(n, k=-back) for name, back in (("previous", 1), ("same", length), ("induction", length - 1))}
    for name, weights in perfect.items():
        found = causal_heads.head_scores(weights)
        assert found[name] == 1 and all(found[other] == 0 for other in perfect if other != name)
    even = causal_heads.head_scores(np.tri(n) / np.arange(1, n + 1)[:, None])
    assert all(even[name] == pytest.approx(even[f"uniform_{name}"]) for name in perfect)


def test_the_meter_is_the_mean_loss_of_what_can_be_foretold():
    model, ids = tiny(), repeated(np.random.default_rng(0))
    last = smollm.forward(model, ids)[-1]
    by_hand = []
    for row, state in zip(ids, last):
        for place in range(7, 11):  # the second word of the second half, to the last
            logits = model.weights["token_embd.weight"] @ (
                state[place - 1] / np.sqrt((state[place - 1] ** 2).mean() + 1e-5) * model.weights["output_norm.weight"]
            )
            by_hand.append(np.log(np.exp(logits).sum()) - logits[row[place]])
    assert causal_heads.second_half(model, ids, last) == pytest.approx(np.mean(by_hand))


def test_switching_off_is_measured_against_a_whole_run_and_a_dead_head_costs_nothing():
    model, ids = tiny(), repeated(np.random.default_rng(1))
    model.weights["blk.1.attn_output.weight"][:, 8:12] = 0  # head 2 of layer 1 writes nothing
    states = smollm.forward(model, ids)
    rise = causal_heads.switched_off(model, ids, states)
    assert rise.shape == (2, 6) and abs(rise[1, 2]) < 1e-12 and np.abs(np.delete(rise.ravel(), 8)).min() > 1e-6
    alone = causal_heads.second_half(model, ids, smollm.forward(model, ids, off={(0, 3)})[-1])
    assert rise[0, 3] == pytest.approx(alone - causal_heads.second_half(model, ids, states[-1]))


def test_random_sets_take_as_many_heads_from_each_layer_and_none_of_the_chosen(monkeypatch):
    seen = []
    monkeypatch.setattr(causal_heads, "forward", lambda model, ids, off=(): seen.append(set(off)) or smollm.forward(model, ids, off=off))
    chosen = {(0, 1), (0, 4), (1, 5)}
    found = causal_heads.sets_off(
        tiny(), repeated(np.random.default_rng(2)), np.array([0, 4, 5, 6]), chosen, np.random.default_rng(0), draws=3
    )
    drawn = [off for off in seen if off and off != chosen]
    assert len(found["random"]) == 3 and len(drawn) == 6
    for off in drawn:
        assert not off & chosen and sorted(layer for layer, _ in off) == [0, 0, 1]


def test_with_the_rotations_in_the_force_is_the_slope_and_without_them_it_is_not():
    model, rows = tiny(), []
    rng = np.random.default_rng(3)
    smollm.forward(model, [0, 4, 2, 7, 1, 8], watch=lambda layer, heads: rows.append(causal_heads._rotary(model, layer, heads, rng)))
    for row in rows:
        assert row["slope_error"].max() < 1e-6
        assert (row["one_matrix"] > 1e-3).all() and (row["moved"] > 0).all() and row["moved"].shape == (6, len(causal_heads.SHIFTS))


def test_index_by_distance_against_the_matrices_themselves():
    model = tiny()
    found = causal_heads.index_by_distance(model, 1)
    Q, K = causal_heads.index_parts(model, 1)
    for h, (number, shift) in ((0, (0, 1)), (5, (3, 8))):
        turn = smollm.rotate(np.eye(4), np.full(4, shift), model.base).T
        assert found[h, number] == pytest.approx(np.linalg.norm(Q[h].T @ turn @ K[h] - Q[h].T @ K[h]) / np.linalg.norm(Q[h].T @ K[h]))
    V = np.random.default_rng(0).standard_normal((12, 12))  # what M misses is the same at every distance; M is not
    turned = smollm.rotate(np.eye(4), np.full(4, 5), model.base).T @ K[0]
    assert knowledge_residual(Q[0], turned, V) == pytest.approx(knowledge_residual(Q[0], K[0], V))


def test_shipped_numbers_say_where_they_come_from_and_hold_together():
    data = causal_heads.shipped()
    assert data["about"]["model"]["sha256"] == smollm.SHA256 and "causal_lm.json" in data["about"]["command"]
    assert data["off"].shape == data["scores"]["induction"].shape == (30, 9) and data["slope_error"] < 1e-6
    chosen = {tuple(pair) for pair in data["sets"]["chosen_heads"]}
    assert chosen == {tuple(pair) for pair in np.argwhere(data["scores"]["induction"] > 0.3).tolist()}
    by_place, half = data["strings"]["by_place"], data["strings"]["length"]
    assert data["sets"]["none"][0] == pytest.approx(by_place[half + 1 :].mean(), abs=2e-3)
    for entry in data["lens"]["prompts"]:
        assert len(entry["probability"]) == len(entry["best"]) == 31


def test_figures_show_themselves():
    data, laws = causal_heads.shipped(), real_laws.shipped()
    cosine = {"cosine": (laws["heads"]["cosine"]["mean"], {"random arrows": laws["heads"]["cosine_random"]["mean"]}, 1)}
    for figure in (
        chapter6.heads_found(data["strings"]["by_place"], data["scores"], data["off"]),
        chapter6.reading_off(data["lens"]["prompts"], data["lens"]["plain"]),
        chapter6.heads_and_controls(cosine),
        chapter6.climbing(
            {"heads": {"model": laws["layers"]["climbs_heads"]["mean"], "random": laws["layers"]["climbs_heads_random"]["mean"]}}
        ),
    ):
        assert Image.open(BytesIO(figure._repr_png_())).width == 720


@with_weights
def test_shipped_numbers_are_what_the_model_gives(smol):
    """Scores of all heads again, and one head switched off; the whole run takes minutes."""
    model, data = smol, causal_heads.shipped()
    ids = causal_heads.repeated(model, np.random.default_rng(0))
    found, states = causal_heads.score_all(model, ids)
    for name in ("previous", "same", "induction"):
        np.testing.assert_allclose(found[name], data["scores"][name], atol=1e-3)
    layer, h = np.unravel_index(data["off"].argmax(), data["off"].shape)
    without = smollm.forward(model, ids, off={(layer, h)}, start=(layer, states[layer]))[-1]
    assert causal_heads.second_half(model, ids, without) - causal_heads.second_half(model, ids, states[-1]) == pytest.approx(
        data["off"][layer, h], abs=5e-3
    )
