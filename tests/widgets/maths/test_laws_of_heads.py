"""The laws on the heads of the real model in JavaScript beside `real.head_laws`, on the same packed weights."""

import json
import subprocess
from pathlib import Path

import numpy as np
import packed_model
import pytest
from node import find

from tokendynamics import attention, geometry
from tokendynamics.real import head_laws, minilm
from tokendynamics.seeded import drawn_tokens

LAWS = ("cosine", "uphill", "rises", "third_law", "step")
SENTENCES = packed_model.SENTENCES[2:5]
JOBS = [[SENTENCES[0]], [SENTENCES[1]], SENTENCES]
CHANGES = [{}, {"bent": [1, 3], "gain": 0}, {"bent": [2, 5], "beta": 2}]
BAR = 1e-6


@pytest.fixture(scope="module")
def model():
    return packed_model.model()


@pytest.fixture(scope="module")
def found(model):
    jobs = [
        {"sentences": [model.tokenizer.encode(text).ids for text in job], "change": change}
        for job, change in zip(JOBS, CHANGES, strict=True)
    ]
    script = Path(__file__).with_name("laws.mjs")
    made = subprocess.run(
        [find("node"), str(script)], input=json.dumps(jobs), capture_output=True, encoding="utf8", check=True, timeout=600
    )
    return json.loads(made.stdout)


def by_head(tokens, Q, K, V, layer):
    """{"yours", "random"}: {law: (H,)}: the first by `head_laws`, the second as it measures arrows."""
    with np.errstate(all="ignore"):
        yours = {law: [] for law in LAWS}
        random = {law: [] for law in LAWS}
        one = minilm.with_constant(tokens)
        for q, k, v in zip(Q, K, V):
            q, k, v = q[None], k[None], v[None]
            options = {"include_self": True, "scale": 1 / np.sqrt(32)}
            pull = attention.force(one, q, k, **options)[0, :, :-1]
            motion = attention.content(one, q, k, v, **options)[0, :, :-1]
            if not motion.any():
                for law in LAWS:
                    yours[law].append(np.nan)
                    random[law].append(np.nan)
                continue
            each = head_laws.head_laws(one, q, k, v, v, np.random.default_rng(0))
            for law in LAWS:
                yours[law].append(each[law][0])
            wild = drawn_tokens(*tokens.shape, layer)
            wild *= np.linalg.norm(motion, axis=1, keepdims=True) / np.linalg.norm(wild, axis=1, keepdims=True)
            along = (wild * pull).sum(axis=1)
            cosines = along / np.linalg.norm(wild, axis=1) / np.linalg.norm(pull, axis=1)
            rises = head_laws.height(tokens + wild, one, q, k)[0] - attention.potential(one, q, k, **options)[0]
            steps = np.linalg.norm(wild, axis=1) / np.linalg.norm(tokens, axis=1)
            for law, value in zip(
                LAWS, (cosines.mean(), (along > 0).mean(), rises.mean(), head_laws.balance(wild), steps.mean()), strict=True
            ):
                random[law].append(value)
    return {"yours": yours, "random": random}


def heads_of(model, change):
    """The heads of each layer with the scores or the V of one taken so many times."""
    layers = []
    for layer, (Q, K, V) in enumerate(model.heads):
        Q, V = Q.copy(), V.copy()
        if "bent" in change and change["bent"][0] == layer + 1:
            head = change["bent"][1] - 1
            Q[head] *= change.get("beta", 1)
            V[head] *= change.get("gain", 1)
        layers.append((Q, K, V))
    return layers


def states_of(model, sentence, layers):
    tokens = minilm.embed(model.weights, model.tokenizer.encode(sentence).ids)
    states = [tokens]
    for layer, (Q, K, V) in enumerate(layers):
        tokens = minilm.mlp(model.weights, layer, minilm.attend(model.weights, layer, tokens, Q, K, V))
        states.append(tokens)
    return states


@pytest.mark.parametrize("number", range(len(JOBS)))
def test_laws_are_those_of_head_laws(model, found, number):
    layers = heads_of(model, CHANGES[number])
    runs = [states_of(model, sentence, layers) for sentence in JOBS[number]]
    for layer, (Q, K, V) in enumerate(layers):
        wanted = [by_head(run[layer], Q, K, V, layer) for run in runs]
        for kind in ("yours", "random"):
            for law in LAWS:
                ours = np.array(found[number]["heads"][layer][kind][law], dtype=float)  # null as NaN
                np.testing.assert_allclose(ours, wanted[0][kind][law], rtol=0, atol=BAR, err_msg=f"{law}, {kind}, layer {layer + 1}")
                mean = np.nanmean([each[kind][law] for each in wanted])
                assert abs(found[number][law][kind][layer] - mean) < BAR, law
    assert [np.mean([geometry.pair_cosines(run[layer]).mean() for run in runs]) for layer in range(7)] == pytest.approx(
        found[number]["crowd"]["yours"], abs=BAR
    )
    assert [np.mean([geometry.effective_rank(run[layer]) for run in runs]) for layer in range(7)] == pytest.approx(
        found[number]["rank"]["yours"], rel=BAR
    )


def test_where_no_head_writes_there_is_no_law(model):
    script = Path(__file__).with_name("laws.mjs")
    job = [{"sentences": [model.tokenizer.encode(SENTENCES[0]).ids], "change": {"without": "both"}}]
    made = subprocess.run([find("node"), str(script)], input=json.dumps(job), capture_output=True, encoding="utf8", check=True, timeout=600)
    (answer,) = json.loads(made.stdout)
    assert all(answer[law] == {"yours": [None] * 6, "random": [None] * 6} for law in LAWS)
    assert all(0 < value < 1 for value in answer["crowd"]["yours"])
