"""The models that train in the page are those of roles.py and pairs.py: one step to 1e-10, twenty to 1e-8."""

import time

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


@pytest.mark.parametrize("module, problem_of, options", [(roles, roles_problems, {}), (pairs, pairs_problems, {"betas": (0.9, 0.99)})])
@settings(max_examples=12)
@given(data=st.data(), decay=st.sampled_from([0, 0.01, 1, 10]))
def test_twenty_steps(node, module, problem_of, options, data, decay):
    p, batches, form = data.draw(problem_of())
    task = module.__name__.split(".")[-1]
    ours = node.call("emergence_lab/engine", "steps", task, p, [plain(batch) for batch in batches], rate=0.01, decay=decay, **form)
    p = {name: value.copy() for name, value in p.items()}
    optimiser, losses = AdamW(p, decay=decay, **options), []
    for batch in batches:
        loss, gradients = module.loss_and_gradients(p, batch, **form)
        losses.append(loss)
        optimiser.step(gradients, 0.01)
    agree(ours["losses"], losses, TWENTY_STEPS)
    for name, value in p.items():
        agree(ours["parameters"][name], value, TWENTY_STEPS)


TASKS = [
    {"task": "roles", "heads": 2, "roles": 3, "streams": 1, "d": 12, "count": 40, "rate": 0.005, "decay": 0.5, "seed": 3},
    {"task": "roles", "heads": 1, "roles": 4, "streams": 2, "d": 8, "count": 0, "rate": 0.005, "decay": 0, "seed": 4},
    {"task": "pairs", "heads": 1, "layers": 2, "d": 8, "count": 0, "rate": 0.003, "decay": 0.01, "seed": 5},
]


@pytest.mark.parametrize("config", TASKS)
@pytest.mark.parametrize("on", [[90], [31, 90]])
def test_a_run_that_is_trained_on_is_the_run_that_had_more_steps_from_the_start(node, config, on):
    records = lambda steps, on: node.call("emergence_lab/engine", "records", {**config, "steps": steps, "every": 10}, on)
    at_once, by_and_by, first = records(90, []), records(30, on), records(30, [])
    assert list(at_once) == [str(step) for step in range(0, 91, 10)]
    for step, record in at_once.items():
        np.testing.assert_equal(by_and_by[step], record)
    same = first["30"]["log_probability"] == at_once["30"]["log_probability"]
    assert same == (config["task"] == "pairs"), "the rate of roles falls before the end, and a longer run's falls later"


@pytest.mark.parametrize("config", TASKS)
def test_decay_reaches_the_training(node, config):
    last = lambda decay: node.call("emergence_lab/engine", "last_record", {**config, "decay": decay, "steps": 20, "every": 20})
    assert last(2)["log_probability"] != last(0)["log_probability"]


@pytest.mark.parametrize("d", [8, 24])
def test_the_number_of_parameters_is_numpys(node, d):
    rng = np.random.default_rng(0)
    count = lambda p: sum(value.size for value in p.values())
    told = lambda **config: node.call("emergence_lab/sizes", "parameterCount", {"d": d, **config})
    for wanted in (2, 6):
        assert told(task="roles", roles=wanted) == count(roles.parameters(rng, roles=wanted, d=d))
    for layers in (1, 3):
        assert told(task="pairs", layers=layers) == count(pairs.parameters(rng, layers=layers, d=d))


def test_the_time_that_is_told_grows_as_the_time_that_is_taken(node):
    paces = []
    for config, steps in [({**TASKS[0], "heads": 4, "d": 8}, 200), ({**TASKS[0], "d": 48}, 100), ({**TASKS[2], "layers": 3, "d": 32}, 20)]:
        config = {**config, "steps": steps, "every": 20}
        seconds = []
        for _ in range(3):
            before = time.perf_counter()
            node.call("emergence_lab/engine", "last_record", config)
            seconds.append(time.perf_counter() - before)
        paces.append(node.call("emergence_lab/sizes", "cost", config) * steps / min(seconds))
    assert max(paces) < 5 * min(paces), "costs lie a hundredfold apart"


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
