"""Roles of the real model's heads: the sentences, the measures where the answer is known, the shipped table against the model."""

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

from tokendynamics import _data
from tokendynamics.figures import chapter4, style
from tokendynamics.real import labelled, minilm, probes
from tokendynamics.real.labelled import PARTS, TASKS

with_weights = pytest.mark.skipif(bool(minilm.missing()), reason=minilm.missing())
SENTENCES = labelled.read()


def lemma(word):
    """A rough one, by endings. Among the words that are here it takes none for two."""
    return re.sub(r"(?<=\w{3})(ing|ed|es|s|d|e|ly)$", "", word.lower())


def test_there_are_enough_sentences_and_no_marked_word_is_in_two_parts():
    assert len(SENTENCES) >= 200 and len({s.text for s in SENTENCES}) == len(SENTENCES)
    seen = {}
    for s in SENTENCES:
        for start, end, _ in s.marks:
            seen.setdefault(lemma(s.text[start:end]), set()).add(s.part)
    assert len(seen) > 350
    assert not {word for word, parts in seen.items() if len(parts) > 1}


def test_no_word_is_marked_in_one_part_and_read_unmarked_in_another():
    marked = {s.text[a:b].lower(): s.part for s in SENTENCES for a, b, _ in s.marks}
    unmarked = [(w.lower(), s.part) for s in SENTENCES for w in re.findall(r"\w+", s.text)]
    assert not [(w, part) for w, part in unmarked if marked.get(w, part) != part]


def test_classes_and_sentiments_are_balanced_in_each_part_and_entities_nearly():
    for part in PARTS:
        here = [s for s in SENTENCES if s.part == part]
        cells = [(s.kind, s.sentiment) for s in here]
        assert {cells.count((k, v)) for k in TASKS["class"] for v in TASKS["sentiment"]} == {7}
        labels = [label for s in here for _, _, label in s.marks]
        assert all(15 <= labels.count(label) <= 40 for label in TASKS["entity"])


def test_the_mark_at_the_end_is_kept_from_the_model():
    assert not [s.text for s in SENTENCES if s.text[-1] in ".?!" or "/" in s.text]
    s = labelled.parse("a", "question", "neutral", "Does Rosa/person, her/none live?")
    assert s.text == "Does Rosa, her live" and [s.text[a:b] for a, b, _ in s.marks] == ["Rosa", "her"]


@pytest.mark.parametrize(
    ("change", "said"),
    [({"part": "z"}, "part must be one of a, b"), ({"kind": "shout"}, "class must be"), ({"sentiment": "blue"}, "sentiment must be"),
     ({"sentence": "A cat/animal sat."}, "label must be one of person, place")],
)  # fmt: skip
def test_a_wrong_line_is_told(change, said):
    with pytest.raises(ValueError, match=said):
        labelled.parse(**{"part": "a", "kind": "statement", "sentiment": "neutral", "sentence": "A cat/none sat."} | change)


class Letters:
    """Stands in for the tokenizer: a piece for every two characters of a word, between two marks."""

    def encode(self, text):
        spans = [(i, min(i + 2, m.end())) for m in re.finditer(r"\w+", text) for i in range(m.start(), m.end(), 2)]
        offsets = [(0, 0), *spans, (0, 0)]
        return SimpleNamespace(ids=[len(text[a:b]) for a, b in offsets], offsets=offsets)


def test_rows_are_means_over_the_right_tokens():
    sentences = [s for s in SENTENCES if s.part == "a"][:30]
    rows = labelled.rows(Letters(), sentences)
    rng = np.random.default_rng(0)
    states = [rng.standard_normal((*ids.shape, 5)) for ids in rows.ids]
    pooled = {task: rows.pooled(task, states) for task in TASKS}
    lengths = [len(Letters().encode(s.text).ids) for s in sentences]
    place = dict.fromkeys(TASKS, 0)
    for n, group in zip(sorted(set(lengths)), states, strict=True):
        for state, s in zip(group, [s for s, m in zip(sentences, lengths) if m == n], strict=True):
            np.testing.assert_allclose(pooled["class"][place["class"]], state.mean(axis=0), atol=1e-6)
            assert TASKS["class"][rows.labels["class"][place["class"]]] == s.kind
            place["class"] += 1
            spans = Letters().encode(s.text).offsets
            for a, b, label in s.marks:
                if label != "tone":
                    inside = [k for k, span in enumerate(spans) if span[0] < span[1] and a <= span[0] < b]
                    np.testing.assert_allclose(pooled["entity"][place["entity"]], state[inside].mean(axis=0), atol=1e-6)
                    assert TASKS["entity"][rows.labels["entity"][place["entity"]]] == label
                    place["entity"] += 1
    assert place["entity"] == len(pooled["entity"]) and place["class"] == len(sentences)


def problem(seed=0, n=400, d=12, classes=3):
    rng = np.random.default_rng(seed)
    labels, parts = rng.integers(classes, size=n), rng.choice(PARTS, size=n)
    return rng, rng.standard_normal((n, d)), labels, parts


def test_a_probe_finds_what_is_there_and_nothing_where_there_is_nothing():
    rng, x, labels, parts = problem()
    chance = probes.probe(x, labels, parts)
    x[:, :3] += 6 * np.eye(3)[labels]
    assert probes.probe(x, labels, parts).min() > 0.95
    assert chance.shape == (12, 2) and 0.25 < chance.mean() < 0.42


def test_a_probe_is_ridge_as_scikit_learn_has_it():
    linear_model = pytest.importorskip("sklearn.linear_model")
    _, x, labels, parts = problem(1)
    deal = ("a", "c")
    seen = ~np.isin(parts, deal)
    centred = x[seen] - x[seen].mean(axis=0)
    alpha = probes.RIDGE * (centred**2).sum() / x.shape[1]
    theirs = linear_model.Ridge(alpha=alpha).fit(x[seen], np.eye(3)[labels[seen]])
    np.testing.assert_allclose(probes.fitted(x, labels, parts, deal)(x), theirs.predict(x), atol=1e-10)


def test_a_read_out_never_sees_its_deal():
    rng, x, labels, parts = problem(2)
    other = np.where(np.isin(parts, ("b", "d")), rng.permutation(labels), labels)
    scores = [probes.fitted(x, each, parts, ("b", "d"))(x) for each in (labels, other)]
    np.testing.assert_array_equal(*scores)


def test_heads_are_chosen_on_one_part_and_scored_on_the_other():
    accuracy = np.random.default_rng(3).random((6, 12, 12, 2))
    for deal, (layer, head, there, elsewhere) in enumerate(probes.choose(accuracy)):
        assert there == accuracy[:, :, deal, 0].max() == accuracy[layer, head, deal, 0] and elsewhere == accuracy[layer, head, deal, 1]


def test_the_shipped_table_covers_every_head_and_says_where_it_comes_from():
    data = probes.shipped()
    assert data["about"]["model"]["sha256"] == minilm.SHA256 and "real_roles.json" in data["about"]["command"]
    assert data["rows"]["class"] == len(SENTENCES)
    for task in TASKS:
        for table in (data["probe"], *(data["controls"][c] for c in ("turned", "shuffled_model", "shuffled_labels"))):
            assert np.shape(table[task]) == (6, 12) and 0 < np.min(table[task]) <= np.max(table[task]) <= 1
        for to in ("zero", "mean", "turned"):
            assert np.shape(data["ablation"][to][task]["distance"]) == (6, 12)
        chance = np.array(data["controls"]["shuffled_labels_chosen"][task])[:, 3].mean()
        assert abs(chance - data["controls"]["majority"][task]) < 0.1  # a choice among 72 heads finds nothing where nothing is
    assert (_data.DATA / "real_roles.json").stat().st_size < 60_000


def _by_length(model):
    """The sentences in the order of `Rows`: by number of tokens, then as they stand."""
    lengths = [len(model.tokenizer.encode(sentence.text).ids) for sentence in SENTENCES]
    return np.argsort(lengths, kind="stable")


@with_weights
def test_the_shipped_table_is_what_the_model_gives(mini):
    data, model = probes.shipped(), mini
    rows = labelled.rows(model.tokenizer, SENTENCES)
    states, written = probes.run(model, rows)
    sentence = SENTENCES[100].text
    ids = model.tokenizer.encode(sentence).ids
    group = next(i for i, g in enumerate(rows.ids) if g.shape[1] == len(ids))
    which = int(np.flatnonzero((rows.ids[group] == ids).all(axis=1))[0])
    for ours, theirs in zip(states, model.hidden_states(sentence), strict=True):
        np.testing.assert_allclose(ours[group][which], theirs, atol=2e-5)
    for task, accuracy in probes.probes(rows, written, model.n_heads).items():
        np.testing.assert_allclose(accuracy[..., 1].mean(axis=-1), data["probe"][task], atol=0.02)
    whole = {t: [probes._scored(probes.probe(rows.pooled(t, s), rows.labels[t], rows.parts[t])) for s in states] for t in TASKS}
    for task in TASKS:
        np.testing.assert_allclose(whole[task], data["layers"][task], atol=0.02)
    words = np.array([model.hidden_states(SENTENCES[i].text)[0][1] for i in _by_length(model)])
    for task, share in data["controls"]["first_word"].items():
        again = probes.probe(words, rows.labels[task], rows.parts[task])[:, 1].mean()
        assert again == pytest.approx(share, abs=0.005), "the embedding of each sentence's first word"
    heads = np.split(np.eye(384, dtype=np.float32), 12, axis=1)
    lost = probes.ablate(model, rows, states, written, [(5, heads[9], "zero"), (5, heads[9], "mean")])
    for k, to in enumerate(("zero", "mean")):
        for task in TASKS:
            again = -lost[task][k, :, 1, 1].mean()
            assert again == pytest.approx(data["ablation"][to][task]["distance"][5][9], abs=2e-3)
    nothing = probes.run_without(model, states, written, 4, heads[0][:, :0])
    np.testing.assert_allclose(nothing[0], states[-1][0], atol=1e-6)


def test_the_picture_draws():
    assert 5_000 < len(style.png(chapter4.heads_by_tasks(probes.shipped()))) < 80_000


def test_the_command_explains_itself(capsys):
    with pytest.raises(SystemExit, match="0"):
        probes.main(["--help"])
    assert "--out" in capsys.readouterr().out
    json.dumps(_data.rounded({"a": [0.123456, 1]}))
