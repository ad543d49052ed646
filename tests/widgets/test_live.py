"""What every widget takes and gives in Python: numbers of numpy, copies, one in step with another."""

import copy
import pickle

import numpy as np
import pytest
import traitlets

from tokendynamics import widgets
from tokendynamics.widgets import ForceLab, HeadsAndTasks, RealTrajectories, Trajectories

KINDS = [getattr(widgets, name) for name in widgets.__all__]


def kept(lab):
    """Its state and, where it has them, its guess, its panel and what it was made of, as text: no entry equals another by accident."""
    return repr((lab.state(), lab.key, lab.panel, lab.prediction, [getattr(lab, name) for name in lab.given_names]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda lab: pickle.loads(pickle.dumps(lab))], ids=["copy", "deepcopy", "pickle"]
)
def test_a_copy_shows_the_same_and_goes_its_own_way(kind, again):
    lab = kind.preset(next(iter(kind.presets))) if kind.presets else kind()
    lab.key = "first"
    twin = again(lab)
    assert kept(twin) == kept(lab) and twin.model_id != lab.model_id
    twin.key = "second"
    assert lab.key == "first"


def test_what_a_copy_was_made_of_goes_with_it():
    data = RealTrajectories().data | {"about": "of one's own"}
    assert copy.copy(RealTrajectories(data=data)).data["about"] == "of one's own"
    assert pickle.loads(pickle.dumps(HeadsAndTasks())).model.keys() == HeadsAndTasks().model.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_out_of_an_array_are_numbers(kind):
    lab = kind()
    own = {float: np.float32, int: np.int64, bool: np.bool_}
    for name in kind.state_names:
        value = getattr(lab, name)
        if type(value) in own:
            setattr(lab, name, own[type(value)](value))
            assert type(getattr(lab, name)) is type(value), name


def test_a_row_of_an_array_is_a_list():
    real = RealTrajectories(shown=np.array([2, 0]), turn=np.array([10.0, 20.0], np.float32))
    assert real.shown == [0, 2] and type(real.shown[0]) is int and real.turn == [10.0, 20.0]
    lab = ForceLab(tokens=np.eye(2), names=np.array(["a", "b"]), scale=np.array(2.0))
    assert lab.names == ["a", "b"] and lab.scale == 2.0
    with pytest.raises(traitlets.TraitError, match="scale"):
        lab.scale = np.array([1.0, 2.0])


class Elsewhere:
    """An array of another library, such as a tensor or a table."""

    def __array__(self, dtype=None, copy=None):
        return np.array([[0, 1], [1, 0]], dtype=dtype)


def test_arrays_of_other_libraries_are_taken():
    lab = ForceLab(Q=Elsewhere(), K=np.eye(2, dtype=np.float16))
    assert lab.Q.tolist() == [[0, 1], [1, 0]] and lab.K.dtype == np.float64


def test_two_widgets_are_kept_in_step_both_ways():
    first, second = ForceLab(), Trajectories(n=3, d=2)
    traitlets.dlink((first, "Q"), (second, "Q"))
    traitlets.dlink((second, "Q"), (first, "Q"))
    first.Q = 2 * np.eye(2)
    assert np.array_equal(second.Q, first.Q)
    second.Q = 3 * np.eye(2)
    assert np.array_equal(second.Q, first.Q)


def test_several_changes_are_told_as_one():
    lab, told = ForceLab(), []
    lab.observe(lambda change: told.append(change.name), ["Q", "K"])
    with lab.hold_trait_notifications():
        lab.Q, lab.K = np.eye(2) * 4, np.eye(2) * 5
        lab.Q = np.eye(2) * 6
    assert sorted(told) == ["K", "Q"] and lab.Q[0, 0] == 6
