"""A reader's own sentences, against `journeys`, against `head_laws` and against plain numpy; and what is said to those that cannot be followed."""

import json
from itertools import pairwise

import numpy as np
import pytest

from tokendynamics.real import attention_maps, bent, head_laws, laws, minilm, own, senses
from tokendynamics.real.bent import Change
from tokendynamics.seeded import drawn_tokens

PAIR = ["Turn on the light, please.", "The suitcase was so light that she lifted it with one finger."]
THREE = ["The palm was warm.", "A tall palm grew by the sea.", "He read my palm."]
CHANGES = [
    Change(3, 4, gain=0.0),
    Change(1, 2, beta=2.5, value="law"),
    Change(6, 12, value="random", gain=-1.0),
    Change(2, 2, without="mlp"),
]


@pytest.fixture(scope="module")
def model():
    return minilm.load(packed=True)


@pytest.fixture(scope="module")
def pair(model):
    return own.read(model, PAIR, anchors=["lamp", "weightless things"])


def states(model, sentences):
    return [model.hidden_states(sentence).astype(np.float64) for sentence in sentences]


@pytest.mark.parametrize(
    "sentences, word, named", [(PAIR, "light", ["on", "off"]), (THREE, "palm", ["hand", "tree", "hand"]), (PAIR[:1], "the", ["A"])]
)
def test_unchanged_it_is_what_journeys_gives(model, sentences, word, named):
    found = own.own(model, sentences, senses=named, word=word)
    plain = senses.journeys(model, [(word, sense, sentence) for sense, sentence in zip(named, sentences)])
    attention = found["data"].pop("attention")
    for sentence in found["data"]["sentences"]:
        del sentence["near"]
    assert found["data"] == plain
    assert attention == attention_maps.pack([model.attentions(sentence) for sentence in sentences])
    assert found["ghost"] is found["moved"] is found["control"] is None
    made_of = {"sentences": sentences, "senses": named, "word": word, "anchors": [], "bent": [1, 1]}
    assert found["made_of"] == made_of | {"beta": 1, "gain": 1, "value": "learned", "without": "nothing"}


def test_what_is_not_said_is_filled_in(model):
    found = own.own(model, THREE)
    assert found["made_of"]["senses"] == ["A", "B", "C"] and found["made_of"]["word"] == "palm" and found["shared"] == ["palm"]
    assert own.typed(model, ["It is the lamp, the old lamp.", "The lamp is old."]).shared == ["is", "the", "lamp", "old"]


@pytest.mark.parametrize("change", CHANGES)
def test_changed_and_learned_states_stand_in_directions_of_the_learned_ones(model, pair, change):
    found = own.measured(pair, change, controls=False)
    before, after = states(model, PAIR), states(bent.bent(model, change), PAIR)
    data, words = found["data"], found["data"]["words"]["light"]
    targets = [sentence["target"] for sentence in data["sentences"]]

    def directions(these):
        flat = these.reshape(-1, 384)
        mean = flat.mean(axis=0)
        values, vectors = np.linalg.eigh((flat - mean).T @ (flat - mean))
        return mean, vectors[:, :-4:-1].T, values[::-1][:3] / values.sum()

    followed = [np.stack([run[:, target] for run, target in zip(runs, targets)], axis=1) for runs in (before, after)]
    together = [np.concatenate(runs, axis=1) for runs in (before, after)]
    for name, (old, new), shares in (("common", together, data["common"]), ("own", followed, words["own"])):
        mean, axes, each = directions(old)
        for i, (was, now) in enumerate(zip(before, after)):
            for drawn, run in ((found["ghost"][i][name], was), (data["sentences"][i][name], now)):
                assert np.abs(np.abs(drawn) - np.abs((run - mean) @ axes.T)).max() < 0.0051  # either way round; two decimals
        assert np.allclose(shares["each"], each, atol=1e-4)
        apart = new - new.mean(axis=1, keepdims=True)
        assert np.allclose(shares["by_layer"], ((apart @ axes.T) ** 2).sum(axis=(1, 2)) / (apart**2).sum(axis=(1, 2)), atol=1e-4)
        gap = followed[1][:, 1] - followed[1][:, 0]
        assert np.allclose(words["apart_seen"][name], ((gap @ axes.T) ** 2).sum(axis=1) / (gap**2).sum(axis=1), atol=1e-4)
    a, b = followed[1][:, 0], followed[1][:, 1]
    assert np.allclose(
        np.array(words["cosines"]["word"])[:, 0], (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    )
    learned = own.measured(pair, controls=False)["data"]["sentences"]
    assert found["ghost"] == [{name: sentence[name] for name in ("own", "common", "anchors")} for sentence in learned]


@pytest.mark.parametrize("change", CHANGES)
def test_how_far_a_change_moves_the_states(model, pair, change):
    found = own.measured(pair, change, controls=False)["moved"]
    before, after = states(model, PAIR), states(bent.bent(model, change), PAIR)
    for layer in range(7):
        far, cosines, followed = [], [], []
        for sentence, was, now in zip(PAIR, before, after):
            for k, token in enumerate(model.tokens(sentence)):
                old, new = was[layer, k], now[layer, k]
                far.append(np.sqrt(((new - old) ** 2).sum() / (old**2).sum()))
                cosines.append(old @ new / np.sqrt(old @ old * (new @ new)))
                followed += far[-1:] if token == "light" else []
        assert found["word"][layer] == pytest.approx(np.mean(followed), abs=2e-6)
        assert found["all"][layer] == pytest.approx(np.mean(far), abs=2e-6) and found["cosine"][layer] == pytest.approx(
            np.mean(cosines), abs=2e-6
        )
    first = 1 if change.without == "mlp" else change.layer
    assert found["all"][:first] == [0] * first and found["all"][-1] > 0.01


@pytest.mark.parametrize("change", [Change(), *CHANGES])
def test_towards_is_where_the_followed_token_ends_between_its_anchors(pair, change):
    data = own.measured(pair, change, controls=False)["data"]["sentences"]
    ends = [sentence["anchors"][-1][sentence["target"]] for sentence in data]
    assert np.abs(own.towards(pair, change) - ends).max() <= 6e-5  # of four decimals
    with pytest.raises(ValueError, match="must have anchors"):
        own.towards(pair._replace(anchors=None))


def test_in_pairs_is_each_pair_that_shares_a_word(model):
    some = [*PAIR, "She lifted it.", "Cats sleep."]
    found = own.in_pairs(model, some)
    assert list(found) == ["light", "lifted"]  # the first in the first two, the other in the second and the third
    for word, pair in (("light", PAIR), ("lifted", some[1:3])):
        read = own.read(model, pair)
        assert read.made_of["word"] == word and found[word].shape == (1, 7)
        assert np.abs(found[word] - np.ravel(read.data["words"][word]["cosines"]["word"])).max() < 1e-4
    assert own.in_pairs(model, PAIR[:1]) == {}


@pytest.mark.parametrize("change", CHANGES[:3])
def test_controls_are_the_same_change_in_other_heads_of_the_layer(model, pair, change):
    found = own.measured(pair, change)["control"]
    assert len(set(found["heads"])) == own.CONTROLS and change.head not in found["heads"] and set(found["heads"]) <= set(range(1, 13))
    for head, word, every in zip(found["heads"], found["word"], found["all"], strict=True):
        alone = own.measured(pair, change._replace(head=head), controls=False)["moved"]
        assert (word, every) == (alone["word"], alone["all"])
    assert own.others(12, change) == found["heads"]


def test_no_control_where_no_head_is_changed_and_another_for_each_head(pair):
    assert own.control(pair, Change(2, 2, without="mlp")) is None
    chosen = {tuple(own.others(12, Change(layer, head))) for layer in range(1, 7) for head in range(1, 13)}
    assert len(chosen) > 60  # of 72: which heads stand beside one is no matter of habit
    assert own.others(3, Change(1, 2)) in ([1, 3], [3, 1])


@pytest.mark.parametrize("change", [Change(), CHANGES[1], CHANGES[3]])
def test_laws_are_those_of_head_laws(model, pair, change):
    changed = bent.bent(model, change)
    runs = states(changed, PAIR)
    found = own.measured(pair, change, controls=False)["laws"]
    for layer, (Q, K, V) in enumerate(changed.heads):
        each = [
            head_laws.head_laws(minilm.with_constant(run[layer]), Q, K, V, V, np.random.default_rng(0)) for run in runs
        ]  # V for M QᵀK, which is not asked for
        for law in own.LAWS:
            assert found[law]["yours"][layer] == pytest.approx(np.mean([laws[law] for laws in each]), abs=2e-4), (law, layer)
    cosines = [[(h @ h.T / np.outer(*[np.linalg.norm(h, axis=1)] * 2))[np.triu_indices(len(h), 1)].mean() for h in run] for run in runs]
    assert np.allclose(found["crowd"]["yours"], np.mean(cosines, axis=0), atol=1e-4) and found["crowd"]["random"] is None
    sigma = [np.linalg.svd(run, compute_uv=False) for run in runs]
    shares = [s / s.sum(axis=1, keepdims=True) for s in sigma]
    assert np.allclose(found["rank"]["yours"], np.mean([np.exp(-(p * np.log(p)).sum(axis=1)) for p in shares], axis=0), atol=1e-3)


def test_random_arrows_are_as_long_and_drawn_for_the_layer(model, pair):
    found = own.measured(pair)["laws"]
    for layer in (0, 3, 5):
        Q, K, V = model.heads[layer]
        cosines, sums = [], []
        for run in states(model, PAIR):
            one = minilm.with_constant(run[layer])
            scores = np.einsum("hij,nj,hik,mk->hnm", Q, one, K, one, optimize=True) / np.sqrt(32)
            mass = np.exp(scores - scores.max(axis=-1, keepdims=True))
            a = mass / mass.sum(axis=-1, keepdims=True)
            force = np.einsum("hij,hik,hnk->hnj", Q, K, a @ one, optimize=True)[..., :-1]
            long = np.linalg.norm((a @ one @ np.swapaxes(V, -1, -2))[..., :-1], axis=-1)
            wild = drawn_tokens(len(one), 384, layer)
            wild = wild / np.linalg.norm(wild, axis=-1, keepdims=True)
            cosines.append(((force * wild).sum(axis=-1) / np.linalg.norm(force, axis=-1)).mean())
            sums.append((np.linalg.norm((wild * long[..., None]).sum(axis=1), axis=-1) / long.sum(axis=-1)).mean())
        assert found["cosine"]["random"][layer] == pytest.approx(np.mean(cosines), abs=2e-4)
        assert found["third_law"]["random"][layer] == pytest.approx(np.mean(sums), abs=2e-4)


def test_a_head_that_writes_nothing_or_feels_nothing_is_left_out_of_the_laws(model):
    runs = states(model, PAIR)
    for change in (Change(2, 5, gain=0.0), Change(2, 5, beta=0.0)):
        found = own.measured_laws(bent.bent(model, change), runs)
        Q, K, V = (np.delete(part, 4, axis=0) for part in model.heads[1])
        others = [head_laws.head_laws(minilm.with_constant(run[1]), Q, K, V, V, np.random.default_rng(0)) for run in runs]
        for law in own.LAWS:
            assert found[law]["yours"][1] == pytest.approx(np.mean([laws[law] for laws in others]), abs=2e-4)
    silent = own.measured_laws(bent.bent(model, Change(without="heads")), runs)
    assert all(silent[law] == {"yours": [None] * 6, "random": [None] * 6} for law in own.LAWS)


def test_near_words_are_the_nearest_of_the_table(model, pair):
    near = own.measured(pair)["data"]["sentences"]
    table, vocabulary = model.weights["embeddings.word_embeddings.weight"], model.tokenizer.vocabulary
    for sentence, run in zip(near, states(model, PAIR)):
        for layer in (0, 2, 6):
            state = run[layer, sentence["target"]]
            cosines = {}
            for place in range(1996, 1996 + 16 * 256):
                if vocabulary[place].isalpha() and vocabulary[place] != "light":
                    row = table[place].astype(np.float64)
                    cosines[vocabulary[place]] = row @ state / np.sqrt(row @ row * (state @ state))
            best = sorted(cosines, key=cosines.get, reverse=True)[:6]
            assert [name for name, _ in sentence["near"][layer]] == best
            assert np.allclose([value for _, value in sentence["near"][layer]], [cosines[name] for name in best], atol=1e-4)
            assert all(a >= b for (_, a), (_, b) in pairwise(sentence["near"][layer]))
    assert len(near[0]["near"]) == 7


@pytest.mark.parametrize("change", [Change(), CHANGES[1]])
def test_anchors_are_cosines_with_the_word_alone(model, pair, change):
    found = own.measured(pair, change, controls=False)
    lamp, things = (model.hidden_states(text).astype(np.float64) for text in ("lamp", "weightless things"))
    assert things.shape[1] > 4 and lamp.shape[1] == 3
    anchors = [lamp[:, 1], things[:, 1:-1].mean(axis=1)]
    for kind, runs in (("data", states(bent.bent(model, change), PAIR)), ("ghost", states(model, PAIR))):
        drawn = found["data"]["sentences"] if kind == "data" else found["ghost"] or []
        for sentence, run in zip(drawn, runs):
            assert np.shape(sentence["anchors"]) == (*run.shape[:2], 2)
            for k, anchor in enumerate(anchors):
                for layer in range(7):
                    wanted = run[layer] @ anchor[layer] / np.linalg.norm(run[layer], axis=-1) / np.linalg.norm(anchor[layer])
                    assert np.allclose(np.array(sentence["anchors"])[layer, :, k], wanted, atol=1e-4)
    assert "anchors" not in own.own(model, PAIR)["data"]["sentences"][0]


def test_it_is_ready_for_json_and_small(model):
    for change in (Change(), Change(without="both"), CHANGES[0]):
        found = own.own(model, PAIR, anchors=["lamp", "heavy"], change=change)
        text = json.dumps(found, allow_nan=False)
        assert json.loads(text) == found and len(text) < 60_000


@pytest.mark.parametrize(
    "sentences, more, words",
    [
        ([], {}, "Nothing is typed. Type a sentence of a few words."),
        (["  \n"], {}, "Sentence 1 is empty. Type a few words."),
        ([PAIR[0], ""], {}, "Sentence 2 is empty. Type a few words."),
        (["?! … 1999"], {}, "Sentence 1 has no word: signs and digits cannot be followed. Type a few words."),
        (["light " * 63], {}, "Sentence 1 has 65 tokens, and at most 64 can be shown. Type a shorter one, or a part of it."),
        (["ᚠᚢᚦ ᚨᚱᚲ"], {}, "Sentence 1 is in signs that the model does not know: each word becomes [UNK]. Type words in English."),
        (["Cats sleep.", "Dogs bark."], {}, "The sentences share no word, so there is none to follow. Use the same word in each, in the same form: "
         "the model cuts rare words and long forms into pieces."),
        (PAIR, {"word": "suitcase"}, "Sentence 1 has no token “suitcase”. These can be followed: the, light."),
        (PAIR, {"word": "."}, "“.” is no word of letters. These can be followed: the, light."),
        (PAIR, {"anchors": ["lamp", " "]}, "Anchor word 2 is empty. Type a few words."),
        (PAIR, {"anchors": ["7", "lamp"]}, "Anchor word 1 has no word: signs and digits cannot be followed. Type a few words."),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_told_in_words(model, sentences, more, words):
    found = own.own(model, sentences, change=Change(2, 3, gain=0.0), **more)
    assert set(found) == {"made_of", "shared", "refused"} and found["refused"] == words
    assert found["made_of"]["sentences"] == sentences and found["made_of"]["bent"] == [2, 3] and found["made_of"]["gain"] == 0
    assert found["shared"] == (["the", "light"] if more else [])
    with pytest.raises(own.Refused) as refused:
        own.read(model, sentences, **more)
    assert str(refused.value) == words


def test_the_longest_that_fits_does(model):
    found = own.own(model, ["light " * 62])
    assert len(found["data"]["sentences"][0]["tokens"]) == own.LONGEST_SHOWN and found["made_of"]["word"] == "light"


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"sentences": "Turn on the light."}, "sentences must be a list of texts"),
        ({"sentences": ["a"] * 4}, "sentences must be at most 3; got 4"),
        ({"senses": ["on"]}, "senses must be one for each of the 2 sentences; got 1"),
        ({"senses": [1, 2]}, "senses must be a list of texts"),
        ({"anchors": ["lamp"]}, "anchors must be two words or none; got 1"),
        ({"word": 3}, "word must be None or a token; got 3"),
        ({"change": {}}, "change must be a Change"),
        ({"change": Change(7)}, "layer must be a whole number from 1 to 6"),
        ({"model": "MiniLM"}, "model must be a Model"),
    ],
)
def test_wrong_calls_raise(model, wrong, words):
    with pytest.raises(ValueError, match=words) as raised:
        own.own(**{"model": model, "sentences": PAIR} | wrong)
    assert not isinstance(raised.value, own.Refused)


def test_averages_are_of_the_shipped_tables():
    tables, found = laws.shipped(), own.averages()
    assert set(found) == {"cosine", "uphill", "rises", "third_law", "step", "crowd", "rank"}
    assert all(set(each) == {"book", "sd", "random_weights"} for each in found.values())
    for layer in range(6):
        heads = [tables["heads"]["third_law"]["mean"][layer, head] for head in range(12)]
        assert found["third_law"]["book"][layer] == pytest.approx(sum(heads) / 12, abs=1e-4)
        assert found["uphill"]["random_weights"][layer] == pytest.approx(
            tables["heads_random_weights"]["uphill"]["mean"][layer].sum() / 12, abs=1e-4
        )
    assert np.allclose(found["rank"]["sd"], tables["crowd"]["effective_rank"]["sd"], atol=1e-4) and len(found["crowd"]["book"]) == 7
    # what the book's sentences gave is what own gives, averaged over them
    model, some = minilm.load(packed=True), laws.sentences()[:8]
    mine = own.measured_laws(model, states(model, some))
    for law in own.LAWS:
        assert np.abs(np.subtract(mine[law]["yours"], found[law]["book"])).max() < 2 * max(found[law]["sd"])
