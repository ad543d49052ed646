"""The numbers of verdicts that stand on a table which ships: each is read off the table again, and held to the ledger.

That the tables are what the models give is for other tests, which need the models' weights.
"""

import numpy as np
import pytest

from tokendynamics.emergence import tables
from tokendynamics.emergence.tables import select
from tokendynamics.heads import four_tasks
from tokendynamics.real import causal_heads, laws, mobility, probes, senses


def mean(rows, result):
    return np.mean([row[result] for row in rows])


def all_right(rows):
    return np.mean([row["all_right"][-1] for row in rows])


def test_the_heads_of_the_real_model(measured):
    heads = mobility.shipped()
    measured("lookup-trained", heads["residual"].mean())
    assert heads["residual"].size == 72 and heads["residual_random"].mean() > 0.95


def test_the_best_segment_of_the_real_model(measured):
    table = probes.shipped()
    more = {task: 100 * np.subtract(table["chosen"][task], table["controls"]["turned_chosen"][task])[:, 3] for task in table["tasks"]}
    measured("roles-trained", more["class"].mean())
    best = [c[3] for c in table["chosen"]["class"]]
    assert table["controls"]["first_word"]["class"] > 0.98 > np.mean(best), "the first word tells the class better than any head"
    assert (more["entity"] > 0).all() and (more["class"] > 0).all() and (more["sentiment"] < 0).any()
    for task in table["tasks"]:
        lost, control = ([c[3] for c in table["ablation"][to][task]["chosen"]] for to in ("mean", "turned"))
        less = np.subtract(lost, control)
        assert less.mean() < less.std(ddof=1), "a hint at most"


def test_the_accuracies_of_four_tasks(measured):
    accuracy = four_tasks.about()["accuracy"]
    measured("training-W", 100 * min(min(values) for values in accuracy["joint"].values()))


def test_heads_and_their_roles(measured):
    measured("few-heads", mean(select(tables.table("heads"), words=64, heads=4), "filled"))
    measured("mixed", all_right(select(tables.table("superposition"), streams=None, words=2)))


def test_pairs_by_data_and_by_depth(measured):
    measured("few-data", mean(select(tables.table("data"), count=128), "accuracy"))
    depth = tables.table("depth")
    narrow, wide = (select(depth, layers=1, heads=heads, d=d) for heads, d in ((None, None), (None, 48)))
    measured("few-layers", mean(narrow, "accuracy"))
    assert abs(mean(wide, "accuracy") - mean(narrow, "accuracy")) < 0.02
    measured("emergence", mean(select(depth, layers=2), "accuracy"))


def test_pairs_by_size(measured):
    """After 400 steps, in the record that is the last one until then."""

    def after(d, steps):
        rows = select(tables.table("size"), layers=2, d=d)
        place = np.searchsorted(rows[0]["curve"]["steps"], steps, side="right") - 1
        return np.mean([row["curve"]["accuracy"][place] for row in rows])

    measured("parameters", after(16, 400))
    assert after(32, 400) > 0.95 and after(32, 200) < 0.25


def test_accuracy_and_two_heads_rise_within_ten_steps_in_every_run():
    """What the ledger says of a cooperative phenomenon: read off the training curves again, a value every 10 steps."""

    def steepest(values):
        gain = np.asarray(values)[3:] - np.asarray(values)[:-3]
        return 10 * int(gain.argmax())

    rows = select(tables.table("depth"), layers=2)
    for row in rows:
        rise = steepest(row["curve"]["accuracy"])
        for name in ("previous", "induction"):
            assert abs(steepest(np.max(row["curve"][name], axis=(1, 2))) - rise) <= 10
    assert len(rows) == 8


def test_the_scores_of_topics(measured):
    measured("topics", mean(select(tables.table("topics"), found=4, count=64), "specialisation"))


def test_eight_right_at_once(measured):
    rows = select(tables.table("metric"), count=4096)
    measured("suddenly", all_right(rows))
    assert abs(np.mean([row["accuracy"] ** 8 for row in rows]) - all_right(rows)) < 0.05


def test_laws_in_the_heads_of_the_real_model(measured):
    data = laws.shipped()
    by_layer = {law: data["heads"][law]["mean"].mean(axis=1) for law in ("cosine", "third_law", "gradient_share", "missed_by_M")}
    measured("drive", by_layer["cosine"].min())
    measured("third-law-trained", by_layer["third_law"].max())
    measured("slope-trained", by_layer["gradient_share"].max())
    measured("pseudo-inverse", by_layer["missed_by_M"].min())
    alone, wild = (data[f"heads_without_first{kind}"] for kind in ("", "_random_weights"))
    cosine, missed = (alone[law]["mean"] for law in ("cosine", "missed_by_M"))
    whole = data["heads"]["cosine"]["mean"]
    assert ((whole > 0).sum(), (cosine > 0).sum()) == (39, 7) and cosine.mean(axis=1).max() < -0.03, "words push against the force"
    assert np.abs(wild["cosine"]["mean"]).max() < 0.06, "which no shuffled head does"
    assert 0.75 < missed.mean(axis=1).min() and missed.mean(axis=1).max() < 1 < by_layer["missed_by_M"][1:].min(), "the sink made M miss"


def test_laws_in_the_layers_of_the_real_model(measured):
    layers = {law: np.array(values["mean"]) for law, values in laws.shipped()["layers"].items()}
    assert layers["uphill_held_heads"][1:].max() < 0.3, "with the layer's bias tokens go down"
    measured("layer-climbs", layers["climbs_layer"].max())
    assert layers["together_heads_matched"].min() > 0.995, "what lengthens tokens as much raises the sums"
    above = layers["climbs_heads"] > layers["climbs_heads_matched"]
    assert above[0] and not above[1:].any(), "from layer 2 on heads lift fewer tokens than motions as far and as long do"
    assert np.corrcoef(layers["climbs_layer"], layers["climbs_layer_matched"])[0, 1] > 0.9, "a layer climbs as distance and length have it"
    assert np.abs(layers["length_layer"][1:3] - 1).max() < 0.02 and layers["climbs_layer_matched"][1:3].max() < 0.25, "not length alone"
    assert np.abs(layers["uphill_held_layer"] - layers["uphill_held_random_layer"]).max() < 0.15, "whatever the heads write"
    measured("euler-trained", layers["flow_error"].max())


def test_a_constant_climbs_towards_the_sink_and_what_heads_fetch_does_not(measured):
    data = laws.shipped()
    own, apart, fetched = (
        {law: each["mean"] for law, each in data[name].items()} for name in ("without_bias", "without_bias_and_first", "without_biases")
    )
    measured("climb-trained", data["layers"]["uphill_held_heads"]["mean"].min())
    assert fetched["uphill_held_heads"][1:5].min() < 0.35 and fetched["uphill_held_heads"].max() < 0.65, (
        "what heads fetch climbs no more than chance"
    )
    assert own["uphill_held_heads"][:5].min() > 0.6 and (own["climbs_heads"] > own["climbs_heads_matched"]).all()
    assert apart["uphill_held_heads"][1:5].max() < 0.03 and (apart["climbs_heads"] < apart["climbs_heads_matched"])[1:].all()


def test_without_the_sink_the_heads_go_uphill_in_no_later_layer():
    data = laws.shipped()
    alone = {law: values["mean"] for law, values in data["layers_without_first"].items()}
    assert alone["uphill_held_heads"][0] < 0.6 and alone["uphill_held_heads"][1:].max() < 0.11
    assert alone["together_heads"][2] < 0.2 < 0.99 < alone["together_heads_matched"].min()
    lifts, such = alone["climbs_layer"], alone["climbs_layer_matched"]
    assert (lifts[2:4] < such[2:4] - 0.1).all() and lifts[0] > such[0] + 0.3, "only the first layer lifts by more than distance and length"
    own = np.sort(data["heads"]["uphill_held"]["mean"][0])
    assert own[-1] > 0.99 and own[-2] < 0.25, "and there one head"


def test_sentences_gather(measured):
    trained, shuffled = (laws.shipped()[name] for name in ("unlike", "unlike_random_weights"))
    more, wild = (table["inside"] - table["between"] for table in (trained, shuffled))
    measured("cluster-trained", more[5])
    assert 0 < more[1] < 0.02 and more[5] < 0.1 and more[6] > 0.3, "the last layer, and little before it"
    assert (wild[1:6] > more[1:6]).all() and wild[6] < more[6] / 2, "up to layer 5 shuffled matrices gather a sentence more"
    assert trained["first"][5] < 0.1 and trained["first"][6] > 0.3, "[CLS] comes in the last layer"


def test_sentences_gather_beside_dealt_tokens():
    data = laws.shipped()
    tables_ = (data["crowd"], data["crowd_random_weights"])
    more, shuffled = (table["cosine"]["mean"] - table["cosine_dealt"]["mean"] for table in tables_)
    assert abs(more[1]) < 0.01 and more[5] < 0.07 and more[6] > 0.3, "the last layer, and not those before it"
    assert (shuffled[2:6] > more[2:6]).all() and shuffled[6] < more[6] / 2, "up to layer 5 shuffled matrices gather a sentence more"


def test_the_first_token_climbs_where_others_do_not():
    whole, first, others = (laws.shipped()[name] for name in ("layers", "layers_first", "layers_others"))
    assert first["climbs_layer"]["mean"][0] == 0 and first["climbs_layer_matched"]["mean"][0] > 0.9
    up, alike = others["climbs_layer"]["mean"], others["climbs_layer_matched"]["mean"]
    assert (up - alike)[[0, 2, 3]].min() > 0.1, "the direction counts in layers 1, 3 and 4"
    assert np.abs(up - alike)[[4, 5]].max() < 0.03 and up[1] < alike[1], "and little in the others"
    for law, numbers in whole.items():  # means over sentences of unlike length, so not quite between the two
        if law.startswith(("climbs", "uphill")):
            low, high = np.sort([first[law]["mean"], others[law]["mean"]], axis=0)
            assert ((numbers["mean"] >= low - 0.01) & (numbers["mean"] <= high + 0.01)).all(), law


def test_two_senses_of_nine_words(measured):
    data = senses.shipped()
    gaps = [np.subtract(*senses.within_across(data, word)) for word in data["words"]]
    measured("context", np.mean(gaps, axis=0)[6])
    share = {token: senses.relative_gap(data, token) for token in ("word", "[CLS]", ".")}
    assert (share["word"][1:] > np.maximum(share["[CLS]"], share["."])[1:]).all(), "as a share of its room the word's gap leads"
    assert share["."][6] == pytest.approx(share["word"][6] / 2, abs=0.01) and share["."][0] > 0.1
    held = {law: np.mean([entry[law] for entry in data["held_out"].values()], axis=0)[6] for law in ("right", "right_wrong", "seen")}
    measured("plane", held["right"])
    assert held["right_wrong"] < 0.55 and held["seen"] > 0.15
    assert max(max(entry["apart_seen"]["common"]) for entry in data["words"].values()) < 0.07
    assert np.max([each["gap"] for each in data["untrained"]]) < 0.001, "an untrained body parts no senses"


def test_laws_of_the_causal_model(measured):
    causal = causal_heads.shipped()
    measured("features", causal["sets"]["chosen"][0])
    measured("lens", causal["lens"]["plain"]["agrees"][29])
    measured("rotary", causal["index"].mean(axis=(0, 1))[-1])
    measured("causal-laws", causal["rotary"]["third_law"].mean())
