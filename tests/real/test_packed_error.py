"""How far the packed model is from the full one: the shipped table against the models, the ledger, and the page that shows it."""

import re
from pathlib import Path

import numpy as np
import pytest

from tokendynamics import ledger
from tokendynamics.real import laws, minilm, packed_error, senses

PAGE = (Path(__file__).parents[2] / "back" / "built.md").read_text("utf8")
with_weights = pytest.mark.skipif(bool(minilm.missing()), reason=minilm.missing())


@pytest.fixture(scope="module")
def table():
    return packed_error.shipped()


@pytest.fixture(scope="module")
def packed():
    return minilm.load(packed=True)


def test_it_says_where_it_comes_from_and_is_whole(table):
    about = table["about"]
    assert about["model"]["sha256"] == minilm.SHA256 and about["packing"] == "8 bits a number"
    assert "real_packed_error.json" in about["command"] and about["sentences"] == len(senses.read_sentences())
    for part in ("cosines", "piece"):
        least, mean = table[part]["least"], table[part]["mean"]
        assert least.shape == mean.shape == (7,) and (least <= mean).all() and (mean < 1).all()
    assert (table["cosines"]["least"] <= table["piece"]["least"]).all()


def test_it_has_each_verdict_of_the_chapter_that_stands_on_this_model(table):
    of_chapter = {claim.id: claim for claim in ledger.claims() if "06" in claim.chapter and claim.value is not None}
    mini = {name: claim for name, claim in of_chapter.items() if "SmolLM2" not in claim.claim + claim.condition}
    assert set(table["verdicts"]) == set(mini)
    for name, claim in mini.items():
        assert table["verdicts"][name]["full"] == pytest.approx(claim.value, abs=claim.tolerance + 1e-5), name
    beyond = {name for name, claim in mini.items() if abs(table["verdicts"][name]["packed"] - claim.value) > claim.tolerance}
    assert not beyond  # as the page says


@with_weights
def test_a_piece_of_the_cosines_is_what_the_models_give(table, mini, packed):
    found = packed_error.cosines(mini, packed, [row[2] for row in senses.read_sentences()][: packed_error.PIECE])
    for name, values in found.items():
        assert np.abs(values - table["piece"][name]).max() < 2e-5, name


def test_cosines_of_a_model_with_itself_are_1(packed):
    found = packed_error.cosines(packed, packed, ["A seal.", "Turn on the light."])
    assert np.allclose(found["least"], 1) and np.allclose(found["mean"], 1)


def test_verdicts_that_are_read_off_states_are_what_the_packed_model_gives(table, packed):
    rows = senses.read_sentences()
    data = senses.journeys(packed, rows) | {"held_out": senses.held_out_words(packed, rows)}
    texts = laws.sentences()
    unlike = laws.unlike(laws.states(packed, texts), [packed.tokens(text) for text in texts])
    found = packed_error.verdicts(laws.shipped() | {"unlike": unlike}, data)
    for name in ("context", "plane", "cluster-trained"):
        assert found[name] == pytest.approx(table["verdicts"][name]["packed"], abs=2e-4), name


@pytest.mark.parametrize("packing", ("full", "packed"))
def test_the_page_has_the_tables_numbers(table, packing):
    claims = {claim.claim: claim.id for claim in ledger.claims()}
    rows = dict(re.findall(r"^\| (.+?\.) \| (\S+ \| \S+) \|$", PAGE, re.MULTILINE))
    said = {claims[words]: numbers.split(" | ")[packing == "packed"] for words, numbers in rows.items() if words in claims}
    assert said == {name: f"{each[packing]:.3f}".replace("-", "−") for name, each in table["verdicts"].items()}


def test_the_page_has_the_cosines_by_layer(table):
    for name, values in table["cosines"].items():
        assert f"| {name} | " + " | ".join(f"{x:.4f}" for x in values) + " |" in PAGE
