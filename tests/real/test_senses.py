"""The shipped data against its sentences and against the model, and the measures it is made of."""

import json
from itertools import combinations

import numpy as np
import pytest

from tokendynamics import _data, attention_weights, content, force, geometry, potential_at
from tokendynamics.real import attention_maps, minilm, senses

with_weights = pytest.mark.skipif(bool(minilm.missing()), reason=minilm.missing())


@pytest.fixture(scope="module")
def shipped():
    return senses.shipped()


class TwoDimensional:
    """Stands in for the model: a token's state is set by its letter, and turns a little each layer."""

    n_layers = 2

    def tokens(self, sentence):
        return ["[CLS]", *sentence.split(), "[SEP]"]

    def hidden_states(self, sentence):
        rng = np.random.default_rng(list(sentence.encode()))
        return rng.normal(size=(self.n_layers + 1, len(self.tokens(sentence)), 8)).astype(np.float32)


ROWS = [("bow", "ship", "a bow of a ship ."), ("bow", "ribbon", "red bow"), ("bow", "ship", "the bow ."), ("row", "line", "row of trees .")]


def test_journeys_are_measured_in_the_full_space():
    model = TwoDimensional()
    data = senses.journeys(model, ROWS)
    followed = [model.hidden_states(s)[:, model.tokens(s).index(w)].astype(float) for w, _, s in ROWS]
    for pair, (i, j) in enumerate(combinations(range(3), 2)):
        for layer in range(3):
            a, b = followed[i][layer], followed[j][layer]
            assert data["words"]["bow"]["cosines"]["word"][layer][pair] == pytest.approx(a @ b / np.sqrt(a @ a * (b @ b)), abs=6e-5)
    assert "." not in data["words"]["bow"]["cosines"] and "." in data["words"]["row"]["cosines"]
    within, across = senses.within_across(data, "bow")
    cosines = np.array(data["words"]["bow"]["cosines"]["word"])
    assert np.allclose(within, cosines[:, 1]) and np.allclose(across, cosines[:, [0, 2]].mean(axis=1))


def test_shown_sentences_alone_count():
    data = senses.journeys(TwoDimensional(), ROWS)
    within, across = senses.within_across(data, "bow", shown=[0, 1])
    assert np.isnan(within).all() and np.allclose(across, np.array(data["words"]["bow"]["cosines"]["word"])[:, 0])


@pytest.mark.parametrize("shown", [[0, 2], [2, 1], [1]])
def test_few_sentences_of_a_word_are_what_they_are_alone(shown):
    model = TwoDimensional()
    whole, alone = senses.journeys(model, ROWS), senses.journeys(model, [ROWS[i] for i in shown])
    rng = np.random.default_rng(5)
    maps = [rng.random((2, 3, n, n)) for n in (len(each["tokens"]) for each in whole["sentences"])]
    few = senses.only(whole | {"attention": attention_maps.pack(maps)}, "bow", shown)
    ours, theirs = few["words"]["bow"], alone["words"]["bow"]
    assert ours["sentences"] == theirs["sentences"] and sorted(ours["senses"]) == sorted(theirs["senses"])
    assert ours["distances"] == theirs["distances"]
    assert ours["cosines"] == {name: theirs["cosines"][name] for name in ("word", "[CLS]")}  # one of the three has no full stop
    assert list(few["words"]) == ["bow"] and few["sentences"] == [whole["sentences"][i] for i in shown]
    assert few["words"]["bow"]["own"] == whole["words"]["bow"]["own"] and few["common"] == whole["common"]
    unpacked = attention_maps.unpack(few["attention"], [len(each["tokens"]) for each in few["sentences"]])
    for ours, i in zip(unpacked, shown, strict=True):
        assert np.abs(ours - maps[i]).max() <= 0.005 + 1e-9
    assert "attention" not in senses.only(whole, "bow", shown)


@pytest.mark.parametrize("shown", [[], [3], [0, 0], [9], "01", None])
def test_few_sentences_are_some_of_the_word(shown):
    with pytest.raises(ValueError, match="shown"):
        senses.only(senses.journeys(TwoDimensional(), ROWS), "bow", shown)


@pytest.mark.parametrize("token", ["[CLS]", "bow"])
def test_a_gap_as_a_share_of_its_room(token):
    """By hand: [CLS] is the token 0, and here as unlike itself in other sentences as any."""
    model = TwoDimensional()
    rows = ROWS[:3]
    data = senses.journeys(model, rows)
    where = [model.tokens(s).index(token) for _, _, s in rows]
    unit = [
        state / np.linalg.norm(state, axis=-1, keepdims=True)
        for state in (model.hidden_states(s)[:, k] for (_, _, s), k in zip(rows, where))
    ]
    alike = {pair: (unit[pair[0]] * unit[pair[1]]).sum(axis=-1) for pair in combinations(range(3), 2)}
    gap = alike[0, 2] - (alike[0, 1] + alike[1, 2]) / 2
    share = gap / (1 - np.mean(list(alike.values()), axis=0))
    np.testing.assert_allclose(senses.relative_gap(data, "word" if token == "bow" else token), share, atol=1e-4)


def test_projection_is_the_best_of_three_directions():
    states = np.random.default_rng(0).normal(size=(3, 20, 6)) * [5, 4, 3, 1, 1, 1]
    fit = geometry.projection(states)
    flat = states.reshape(-1, 6) - states.reshape(-1, 6).mean(axis=0)
    assert np.allclose(fit["directions"] @ fit["directions"].T, np.eye(3))
    eigenvalues = np.linalg.eigvalsh(flat.T @ flat)[::-1]
    assert np.allclose(fit["each"], eigenvalues[:3] / eigenvalues.sum())
    seen = geometry.project(fit, states).reshape(-1, 3)
    assert np.allclose((seen**2).sum(axis=0) / (flat**2).sum(), fit["each"])
    for layer in range(3):
        apart = states[layer] - states[layer].mean(axis=0)
        share = ((apart @ fit["directions"].T) ** 2).sum() / (apart**2).sum()
        assert fit["by_layer"][layer] == pytest.approx(share)


def test_share_of_the_distance_between_senses_that_a_projection_shows():
    fit = {"directions": np.eye(4)[:3], "mean": np.zeros(4)}
    assert geometry.share_seen(fit, np.array([[1.0, 1, 1, 1], [0, 0, 0, 2], [0, 3, 0, 0], [0, 0, 0, 0]])).tolist() == [0.75, 0, 1, 0]
    data = senses.journeys(TwoDimensional(), ROWS)
    assert np.shape(data["words"]["bow"]["apart_seen"]["own"]) == (3,)
    assert "apart_seen" not in data["words"]["row"]  # one sense


def test_effective_rank_counts_directions():
    assert geometry.effective_rank(np.eye(5)[:3]) == pytest.approx(3)
    assert geometry.effective_rank(np.outer([1.0, 2, 3], [1.0, 1, 0])) == pytest.approx(1)


def test_pairs_of_one_sense_end_farther_apart_than_they_began(shipped):
    """What Chapter 6 asks its reader to guess."""
    began, ended = [], []
    for entry in shipped["words"].values():
        for pair, one, *_, last in zip(combinations(entry["sentences"], 2), *entry["cosines"]["word"]):
            if len({shipped["sentences"][i]["sense"] for i in pair}) == 1:
                began.append(one)
                ended.append(last)
    assert len(began) == 54 and np.less(ended, began).all()


def test_threes_of_a_word_and_threes_dealt_wrongly(shipped):
    entry = shipped["words"]["light"]
    first, *_, last = entry["sentences"]  # of one sense and of the other
    found, dealt = (senses.threes(shipped, "light", dealt=wrongly) for wrongly in (False, True))
    assert found.shape == (18, 7) and dealt.shape == (36, 7)
    assert not found[:, 0].any() and not dealt[:, 0].any()
    gaps = [np.subtract(*senses.within_across(shipped, "light", shown=[first, first + 1, other])) for other in (last - 1, last)]
    for gap in gaps:
        assert (np.abs(found - (gap - gap[0])).max(axis=1) < 1e-12).sum() == 1
    # of the three pairs each is the odd one once: the gaps add up to 0
    assert np.abs(found.sum(axis=0) + dealt.sum(axis=0)).max() < 1e-12
    assert senses.threes(senses.journeys(TwoDimensional(), ROWS), "row").shape == (0, 3)


def test_the_rank_of_a_split_among_all_splits():
    # three sentences of each sense, cosine 1 within and c across: no split parts them wider
    rows = [("seal", sense, f"{sense} {i}") for sense in "ab" for i in range(3)]
    pairs = list(combinations(range(6), 2))
    cosines = [[1.0 if (i < 3) == (j < 3) else c for i, j in pairs] for c in (0.5, 1.0)]
    data = {
        "sentences": [{"word": w, "sense": s, "sentence": t} for w, s, t in rows],
        "words": {"seal": {"sentences": list(range(6)), "senses": ["a", "b"], "cosines": {"word": cosines}}},
    }
    ranks, splits = senses.split_rank(data, "seal")
    assert splits == 10 and ranks.tolist() == [1, 10]  # where all is equal it is the last
    data["words"]["seal"]["cosines"]["word"] = [[1.0 if {i, j} <= {0, 1, 3} or {i, j} <= {2, 4, 5} else 0.5 for i, j in pairs]]
    assert 1 < senses.split_rank(data, "seal")[0][0] <= 10
    unequal = senses.journeys(TwoDimensional(), ROWS)
    assert senses.split_rank(unequal, "bow")[1] == 3  # two and one of three
    with pytest.raises(ValueError, match="word must have two senses; 'row' has 1"):
        senses.split_rank(unequal, "row")


def test_the_shipped_head_is_a_head_and_obeys_the_laws():
    head = senses.one_head()
    Q, K, V, scale = (head[name] for name in ("Q", "K", "V", "scale"))
    assert Q.shape == K.shape == (32, 385) and V.shape == (385, 385) and scale == pytest.approx(32**-0.5)
    for sentence in head["sentences"]:
        states, i = sentence["states"], sentence["tokens"].index("bank")
        assert states.shape == (len(sentence["tokens"]), 385) and (states[:, -1] == 1).all()
        pull = force(states, Q, K, include_self=True, scale=scale)[i]
        along, h = np.random.default_rng(i).normal(size=385), 1e-4
        two = potential_at(states[i] + h * np.array([[1], [-1]]) * along, states, Q, K, scale=scale)
        assert (two[0] - two[1]) / (2 * h) == pytest.approx(pull @ along, rel=1e-6)  # (4) → (9)
        assert np.linalg.norm(content(states, Q, K, V, scale=scale)[:, -1]) == 0


@with_weights
def test_the_shipped_head_is_the_one_in_which_bank_sees_account_most(mini):
    model, head = mini, senses.one_head()
    chosen = next(each for each in head["sentences"] if "account" in each["tokens"])
    tokens = model.tokens(chosen["sentence"])
    seen = model.attentions(chosen["sentence"])[:, :, tokens.index("bank"), tokens.index("account")]
    assert np.unravel_index(seen.argmax(), seen.shape) == (0, 4)
    again = attention_weights(chosen["states"], head["Q"], head["K"], include_self=True, scale=head["scale"])
    assert np.abs(again - model.attentions(chosen["sentence"])[0, 4]).max() < 1e-5
    _, _, V = minilm.heads(model.weights, 0, 12)
    assert np.abs(V[4] - head["V"]).max() < 1e-6


def test_bad_input_is_told_in_words(shipped):
    with pytest.raises(ValueError, match="rows must hold at least one"):
        senses.journeys(TwoDimensional(), [])
    with pytest.raises(ValueError, match="rows must hold .* and nothing else"):
        senses.journeys(TwoDimensional(), [("oar", "a bow")])
    with pytest.raises(ValueError, match="'oar' is not among"):
        senses.journeys(TwoDimensional(), [("oar", "", "a bow")])
    with pytest.raises(ValueError, match="word must be one of light, apple"):
        senses.within_across(shipped, "ghost")
    with pytest.raises(ValueError, match="token must be one of word"):
        senses.within_across(shipped, "light", "ghost")


def test_a_table_without_its_columns_is_told(tmp_path):
    table = tmp_path / "sentences.tsv"
    table.write_text("word\tsentence\nbow\ta bow\n", encoding="utf-8")
    with pytest.raises(ValueError, match="word, sense, sentence in its first line"):
        senses.read_sentences(table)


def test_shipped_data_holds_the_sentences_and_where_they_come_from(shipped):
    assert [(s["word"], s["sense"], s["sentence"]) for s in shipped["sentences"]] == senses.read_sentences()
    assert shipped["about"]["model"]["revision"] == minilm.REVISION
    assert shipped["about"]["model"]["sha256"] == minilm.SHA256
    assert shipped["about"]["model"]["licence"] == "Apache-2.0"
    for entry in shipped["sentences"]:
        assert entry["tokens"].count(entry["word"]) == 1 and entry["tokens"][entry["target"]] == entry["word"]
        assert np.shape(entry["common"]) == np.shape(entry["own"]) == (7, len(entry["tokens"]), 3)
    for word, entry in shipped["words"].items():
        assert set(entry["cosines"]) == {"word", "[CLS]", "."} and len(entry["senses"]) == 2
        assert all(np.shape(c) == (7, 15) for c in entry["cosines"].values())
    assert (_data.DATA / "real_trajectories.json").stat().st_size < 1.5e6


def test_what_chapter_6_says_without_printing_it(shipped):
    light = np.subtract(*senses.within_across(shipped, "light"))
    assert (np.diff(light) > 0).all()  # "widens in every layer"


@with_weights
def test_shipped_data_is_what_the_model_gives(mini, shipped):
    rows = senses.read_sentences()
    again = senses.journeys(mini, rows)

    def worst(path, old, new):
        if isinstance(old, dict):
            assert set(old) == set(new), path
            return max(worst(f"{path}.{k}", old[k], new[k]) for k in old)
        if isinstance(old, list) and old and isinstance(old[0], dict):
            return max(worst(f"{path}.{i}", a, b) for i, (a, b) in enumerate(zip(old, new, strict=True)))
        if isinstance(old, str) or isinstance(old, list) and isinstance(old[0], str):
            assert old == new, path
            return 0
        return np.abs(np.subtract(old, new)).max()

    again["crowd"] |= senses.moves(mini, rows)
    for part in ("words", "common", "crowd"):
        assert worst(part, shipped[part], again[part]) <= 2e-4, part
    assert worst("sentences", shipped["sentences"], again["sentences"]) <= 0.0201  # two decimals are kept
    light = [row for row in rows if row[0] == "light"]
    assert worst("held_out", {"light": shipped["held_out"]["light"]}, senses.held_out_words(mini, light)) <= 1e-3
    for name, control in (("shuffled", minilm.shuffled), ("untrained", minilm.untrained)):
        found = senses.summary(senses.journeys(control(mini, 0), rows))
        clean = found.pop("clean")
        assert worst(name, {law: shipped[name][0][law] for law in found}, found) <= 1e-3
        assert worst(name, shipped[name][0]["clean"], clean) <= 1  # cosines of [CLS] differ by 1e-6 at first


@with_weights
def test_the_command_writes_the_same_shape_of_file(tmp_path, capsys, shipped):
    table = tmp_path / "sentences.tsv"
    table.write_text("word\tsense\tsentence\nseal\tanimal\tA seal swam by.\nseal\tstamp\tThe letter had a wax seal.\n", encoding="utf-8")
    out = tmp_path / "journeys.json"
    senses.main(["--sentences", str(table), "--out", str(out), "--controls", "1"])
    data = json.loads(out.read_text(encoding="utf-8"))
    assert (
        set(data) == set(shipped) - {"held_out"}
        and list(data["words"]) == ["seal"]
        and len(data["shuffled"]) == len(data["untrained"]) == 1
    )
    assert "1 words, 2 sentences" in capsys.readouterr().out


def test_an_axis_shows_sentences_that_it_was_not_fitted_to_if_the_senses_part():
    rng, first = np.random.default_rng(0), np.arange(6) < 3
    cloud = rng.standard_normal((2, 6, 100))
    along = np.zeros((2, 6, 100))
    along[1, first, 0] = 40.0  # in the second layer the senses part along one axis
    seen, right = senses.held_out(cloud + along, first)
    assert right[1] == 1 and seen[1] > 0.8
    many = [senses.held_out(rng.standard_normal((1, 6, 100)), first) for _ in range(40)]
    assert abs(np.mean([each.right for each in many]) - 0.5) < 0.1 and np.mean([each.seen for each in many]) < 0.05
    for wrong in (first[:5], np.arange(6) < 1, first.astype(int)):
        with pytest.raises(ValueError, match="first must be 6 booleans"):
            senses.held_out(cloud, wrong)


def test_the_command_explains_itself(capsys):
    with pytest.raises(SystemExit, match="0"):
        senses.main(["--help"])
    printed = capsys.readouterr().out
    assert "--out" in printed and "tab-separated" in printed
