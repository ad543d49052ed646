"""Means in the place of heads, patches, the first token and the tuned lens: where the answer is known, and the shipped numbers."""

import numpy as np
import pytest
from test_smollm import tiny, with_weights

from tokendynamics.real import causal_heads, causal_paths, smollm

IDS = np.array([[0, 4, 2, 7, 1, 8, 4, 2, 7, 1, 8], [0, 3, 5, 1, 6, 2, 3, 5, 1, 6, 2]])


def test_a_head_replaced_by_what_it_reads_changes_nothing_and_by_zero_is_off():
    model, reads = tiny(), []
    whole = smollm.forward(model, IDS, watch=lambda layer, heads: reads.append(heads.reads))
    same = smollm.forward(model, IDS, instead={(1, 3): reads[1][:, 3], (0, 2): reads[0][:, 2]})
    np.testing.assert_allclose(same, whole, rtol=1e-12)
    none = smollm.forward(model, IDS, instead={(0, 2): np.zeros(4)})
    np.testing.assert_allclose(none, smollm.forward(model, IDS, off={(0, 2)}), rtol=1e-12)
    assert np.abs(none - whole).max() > 1e-3
    with pytest.raises(ValueError, match="instead must have a shape that fits"):
        smollm.forward(model, IDS, instead={(0, 2): np.zeros(5)})


def test_the_mean_is_over_texts_and_places_but_the_first():
    model, reads = tiny(), []
    smollm.forward(model, IDS, watch=lambda layer, heads: reads.append(heads.reads))
    mean = causal_paths.mean_reads(model, IDS)
    by_hand = sum(reads[1][text, 2, place] for text in range(2) for place in range(1, 11)) / 20
    np.testing.assert_allclose(mean[1, 2], by_hand)
    found = causal_paths.by_the_mean(model, IDS, smollm.forward(model, IDS), mean, [(0, 1), (1, 2)])
    whole = causal_heads.second_half(model, IDS, smollm.forward(model, IDS)[-1])
    alone = causal_heads.second_half(model, IDS, smollm.forward(model, IDS, instead={(1, 2): mean[1, 2]})[-1])
    assert found["off"][1, 2] == pytest.approx(alone - whole) and found["off"].shape == (2, 6)
    both = smollm.forward(model, IDS, instead={(0, 1): mean[0, 1], (1, 2): mean[1, 2]})[-1]
    assert found["chosen"] == pytest.approx(causal_heads.second_half(model, IDS, both))


def test_off_at_the_first_token_and_at_the_others_are_the_two_halves_of_off():
    """In the last layer nothing above mixes the two, so only the first token's own state can change by the first."""
    model = tiny()
    states = smollm.forward(model, IDS)
    found = causal_paths.at_the_first(model, IDS, states, [(1, 3)])
    off = smollm.forward(model, IDS, off={(1, 3)})[-1]
    rise = causal_heads.second_half(model, IDS, off) - causal_heads.second_half(model, IDS, states[-1])
    assert found["only"][0] == pytest.approx(0, abs=1e-12) and found["elsewhere"][0] == pytest.approx(rise) and abs(rise) > 1e-6


def test_the_sink_is_measured_with_the_head_off_at_the_first_token_and_nowhere_else():
    model = tiny()
    model.weights["blk.1.attn_output.weight"][:, 8:12] = 0  # head 2 of layer 1 writes nothing: nothing changes without it
    dead = causal_paths.sink_without(model, IDS, (1, 2), layers=2)
    assert dead["share"][0] == dead["share"][1] and dead["longest"][0] == dead["longest"][1]
    last = causal_paths.sink_without(model, IDS, (1, 3), layers=2)  # the first token's last state is no other's
    longest = np.linalg.norm(smollm.forward(model, IDS)[-1][:, 1:], axis=-1).max(axis=1)  # (strings,)
    assert last["longest"][0] == last["longest"][1] == pytest.approx(longest.tolist())
    early = causal_paths.sink_without(model, IDS, (0, 3), layers=2)
    assert early["share"][0] != early["share"][1]


def test_a_patch_of_everything_is_the_other_run_and_of_nothing_its_own():
    model = tiny()
    first, second = smollm.forward(model, IDS[0][:4]), smollm.forward(model, IDS[1][:4])
    low, high = second[-1][-1, 0], first[-1][-1, 0]
    found = causal_paths._by_state(model, IDS[1][:4], second, first, lambda end: (end[..., -1, 0] - low) / (high - low))
    assert found.shape == (3, 3)
    np.testing.assert_allclose(found[-1], [0, 0, 1], atol=1e-12)  # after the last layer only the last place tells
    np.testing.assert_allclose(causal_paths._by_state(model, IDS[1][:4], second, second, lambda end: end[..., -1, 0] - low), 0, atol=1e-12)
    reads = []
    smollm.forward(model, IDS[0][:4], watch=lambda layer, heads: reads.append(heads.reads))
    heads = causal_paths._by_head(model, IDS[1][:4], second, reads, lambda end: (end[..., -1, 0] - low) / (high - low))
    by_hand = smollm.forward(model, IDS[1][:4], instead={(0, 4): reads[0][4]})[-1][-1, 0]
    assert heads[0, 4] == pytest.approx((by_hand - low) / (high - low))


def test_a_lens_undoes_a_linear_map_and_knows_nothing_of_dealt_states():
    rng = np.random.default_rng(0)
    last, turn = rng.standard_normal((900, 6)), np.linalg.qr(rng.standard_normal((6, 6)))[0]
    lens = causal_paths.fitted_lens(last @ turn, last)
    fresh = rng.standard_normal((50, 6))
    read, wanted = lens(fresh @ turn), fresh / np.sqrt((fresh**2).mean(axis=1, keepdims=True))
    cosine = (read * wanted).sum(axis=1) / np.linalg.norm(read, axis=1) / np.linalg.norm(wanted, axis=1)
    assert cosine.min() > 0.99
    dealt = causal_paths.fitted_lens(last @ turn, rng.permutation(last))(fresh @ turn)
    assert np.linalg.norm(dealt) < 0.3 * np.linalg.norm(wanted)


def test_shipped_numbers_say_where_they_come_from_and_agree_with_the_other_table():
    data, causal = causal_paths.shipped(), causal_heads.shipped()
    assert data["about"]["model"]["sha256"] == smollm.SHA256 and "causal_paths.json" in data["about"]["command"]
    assert data["mean"]["off"].shape == causal["off"].shape and data["mean"]["chosen"] < causal["sets"]["chosen"][0]
    assert [tuple(pair) for pair in data["first"]["heads"]] == causal_paths.costliest(causal["off"])
    np.testing.assert_allclose(data["tuned"]["plain"]["agrees"], causal["lens"]["plain"]["agrees"], atol=0.02)
    assert data["tuned"]["tuned"]["agrees"][-1] == 1 and data["tuned"]["dealt"]["agrees"].max() < 0.12
    intact, without = data["sink"]["longest"]  # (8,) strings
    assert intact.max() < 300 and (without > 3000).sum() == 7, "without the head other tokens grow long, in most strings"
    for entry, pair in zip(data["patch"], causal_paths.PAIRS, strict=True):
        states, heads = np.array(entry["states"]), np.array(entry["heads"])
        assert [tuple(country) for country in entry["pair"]] == list(pair)
        assert states[-1] == pytest.approx([0, 0, 0, 0, 1], abs=1e-3), "the last place alone tells, in the end"
        assert states[23, 3] > 0.8 and states[24, 4] > 0.8 and states[24, 3] < 0.2 and causal_paths.costliest(heads, 1) == [(23, 4)]
        assert np.argmax(entry["last"][24]) == 0 and np.argmax(entry["third"][24]) == 2


def test_one_head_carries_the_answer(measured):
    entry = causal_paths.shipped()["patch"][0]
    measured("carried", entry["heads"][23][4])
    assert entry["states"][24][4] > 0.95 and entry["states"][23][3] > 0.95
    asked = causal_paths.shipped()["tuned"]["asked"]
    paris = asked[0]
    assert (
        paris["prompt"] == "The capital of France is" and paris["tuned"][23] < 0.05 < 0.7 < paris["tuned"][24] and paris["plain"][29] < 0.1
    )
    assert np.mean([each["tuned"][25] for each in asked]) > 0.5 > 0.05 > np.mean([each["tuned"][23] for each in asked])
    assert [each["plain"][30] for each in asked] == [each["tuned"][30] for each in asked], "after the last layer no lens is fitted"


@with_weights
def test_a_piece_of_the_shipped_numbers_is_what_the_model_gives(smol):
    """The patch that carries the answer, and the same head left alone; the whole run takes minutes."""
    (france, paris), (italy, rome) = causal_paths.PAIRS[0]
    ids = [smol.ids(causal_paths.PROMPT.format(country)) for country in (france, italy)]
    right, wrong = (smol.ids(capital)[1] for capital in (paris, rome))
    reads = []
    ends = [smollm.forward(smol, each)[-1] for each in ids]
    smollm.forward(smol, ids[0], watch=lambda layer, heads: reads.append(heads.reads))
    ends.append(smollm.forward(smol, ids[1], instead={(23, 4): reads[23][4]})[-1])
    high, low, patched = (g[right] - g[wrong] for g in (smollm.log_probabilities(smol, end[-1]) for end in ends))
    assert (patched - low) / (high - low) == pytest.approx(causal_paths.shipped()["patch"][0]["heads"][23][4], abs=2e-3)
