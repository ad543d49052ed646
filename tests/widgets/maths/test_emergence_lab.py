"""The models that train in the page are those of roles.py and pairs.py: one step to 1e-10, twenty to 1e-8."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokendynamics.emergence import pairs, roles
from tokendynamics.learning import AdamW

ONE_STEP, TWENTY_STEPS = 1e-10, 1e-8
SEEDS = st.integers(0, 2**32 - 1)


def agree(ours, theirs, bar):
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= bar * max(1e-3, np.abs(theirs).max())


def plain(batch):
    return {name: column.tolist() for name, column in batch._asdict().items()}


@st.composite
def roles_problems(draw):
    heads = draw(st.sampled_from([1, 2, 3, 4]))
    shape = {"roles": draw(st.integers(2, 5)), "words": draw(st.integers(3, 12))}
    rng = np.random.default_rng(draw(SEEDS))
    p = roles.parameters(rng, d=12, **shape)
    p["bias"] = rng.standard_normal(p["bias"].shape)  # zero at the start, and then a mistake in it would not be seen
    form = {"heads": heads, "streams": draw(st.sampled_from([1, 2]))}
    batches = [roles.sentences(rng, draw(st.integers(1, 6)), length=draw(st.integers(shape["roles"], 8)), **shape) for _ in range(20)]
    return p, batches, form


@st.composite
def pairs_problems(draw):
    shape = {"pairs": draw(st.integers(1, 3)), "words": draw(st.integers(6, 9))}
    rng = np.random.default_rng(draw(SEEDS))
    p = pairs.parameters(rng, d=8, layers=draw(st.integers(1, 3)), **shape)
    batches = [pairs.sequences(rng, draw(st.integers(1, 4)), **shape) for _ in range(20)]
    return p, batches, {"heads": draw(st.sampled_from([1, 2, 4]))}


@settings(max_examples=25)
@given(problem=roles_problems())
def test_roles_one_step(node, problem):
    p, batches, form = problem
    ours = node.call("emergence_lab/engine", "slopes", "roles", p, plain(batches[0]), **form)
    loss, gradients = roles.loss_and_gradients(p, batches[0], **form)
    agree(ours["loss"], loss, ONE_STEP)
    for name in gradients:
        agree(ours["gradients"][name], gradients[name], ONE_STEP)
    accuracy, log_probability, together, matrix = roles.measure(p, batches[0], **form)
    agree(ours["measured"]["accuracy"], accuracy, ONE_STEP)
    agree(ours["measured"]["log_probability"], log_probability, ONE_STEP)
    agree(ours["measured"]["all_right"], together, ONE_STEP)
    agree(ours["measured"]["matrix"], matrix, ONE_STEP)


@settings(max_examples=25)
@given(problem=pairs_problems())
def test_pairs_one_step(node, problem):
    p, batches, form = problem
    ours = node.call("emergence_lab/engine", "slopes", "pairs", p, plain(batches[0]), **form)
    loss, gradients = pairs.loss_and_gradients(p, batches[0], **form)
    agree(ours["loss"], loss, ONE_STEP)
    for name in gradients:
        agree(ours["gradients"][name], gradients[name], ONE_STEP)
    accuracy, log_probability, together, previous, induction = pairs.measure(p, batches[0], **form)
    theirs = {"accuracy": accuracy, "log_probability": log_probability, "all_right": together, "previous": previous, "induction": induction}
    for name, value in theirs.items():
        agree(ours["measured"][name], value, ONE_STEP)


@pytest.mark.parametrize(
    "module, problem_of, options", [(roles, roles_problems, {}), (pairs, pairs_problems, {"betas": (0.9, 0.99), "decay": 0.01})]
)
@settings(max_examples=12)
@given(data=st.data())
def test_twenty_steps(node, module, problem_of, options, data):
    p, batches, form = data.draw(problem_of())
    task = module.__name__.split(".")[-1]
    ours = node.call("emergence_lab/engine", "steps", task, p, [plain(batch) for batch in batches], rate=0.01, **form)
    p = {name: value.copy() for name, value in p.items()}
    optimiser, losses = AdamW(p, **options), []
    for batch in batches:
        loss, gradients = module.loss_and_gradients(p, batch, **form)
        losses.append(loss)
        optimiser.step(gradients, 0.01)
    agree(ours["losses"], losses, TWENTY_STEPS)
    for name, value in p.items():
        agree(ours["parameters"][name], value, TWENTY_STEPS)


@pytest.mark.parametrize("count", [1, 50])
def test_the_pages_own_data_is_the_task(node, count):
    """The page draws other numbers than numpy, but sentences and sequences of the same kind; checked in JavaScript's own run."""
    made = node.call("emergence_lab/engine", "sample", 7, count)
    words, tags, answers = (made["sentences"][name].astype(int).reshape(count, -1) for name in ("words", "tags", "answers"))
    assert (np.sort(tags, axis=1) == [0, 0, 0, 0, 1, 2, 3, 4]).all() and words.min() >= 0 and words.max() < 32
    places = np.argsort(tags, axis=1)[:, 4:]
    assert (np.take_along_axis(words, places, axis=1) == answers).all()
    tokens, asked = (made["sequences"][name].astype(int).reshape(count, -1) for name in ("tokens", "asked"))
    pairs_said = tokens[:, :12].reshape(count, 6, 2)
    assert all(len(set(row)) == 12 for row in tokens[:, :12])
    again = np.take_along_axis(pairs_said, asked[..., None], axis=1).reshape(count, -1)
    assert (again == tokens[:, 12:]).all()
    if count > 1:
        assert len({tuple(row) for row in tags}) > 20 and len({tuple(row) for row in asked}) > 20
