"""Every public function, given nonsense, answers in a ValueError's words; good input at any scale gives no NaN and no warning.

`tests/good_calls/` has a table for each folder of the package: a good call of each function, and what is left out and why.
"""

import importlib
import inspect
import pkgutil
import warnings
from pathlib import Path

import numpy as np
import pytest

import tokendynamics

TABLES = [importlib.import_module(f"good_calls.{path.stem}") for path in sorted(Path(__file__).with_name("good_calls").glob("[a-z]*.py"))]
GOOD = {name: call for table in TABLES for name, call in table.GOOD.items()}
LEFT_OUT = {name: why for table in TABLES for name, why in table.LEFT_OUT.items()}
MAY_BE_NAN = {name for table in TABLES for name in getattr(table, "MAY_BE_NAN", {})}
NOT_HERE = (ValueError, FileNotFoundError, ModuleNotFoundError)  # the last two where weights are not installed
WRONG = [
    None,
    "word",
    b"bytes",
    object(),
    {},
    [],
    (),
    [[]],
    np.nan,
    -1,
    0,
    1.5,
    True,
    1j,
    10**400,
    [[1.0, 2.0], [3.0]],
    np.zeros((0, 2)),
    np.zeros((1, 1)),
]
SCALES = (1e-170, 1e160)


def public_functions():
    """{"stack.trajectories": function}: what each module defines and does not keep for itself."""
    found = {}
    for module in pkgutil.walk_packages(tokendynamics.__path__, "tokendynamics."):
        if any(part.startswith("_") for part in module.name.split(".")):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if inspect.isfunction(value) and not name.startswith("_") and value.__module__ == module.name:
                found[f"{module.name.removeprefix('tokendynamics.')}.{name}"] = value
    return found


FUNCTIONS = public_functions()
each = pytest.mark.parametrize("name", sorted(set(GOOD) & set(FUNCTIONS)))


def numbers(value):
    """Every array of floats within a result."""
    if isinstance(value, np.ndarray):
        return [value] if value.dtype.kind == "f" else []
    if isinstance(value, (float, np.floating)):
        return [np.asarray(value)]
    if isinstance(value, dict):
        return [array for part in value.values() for array in numbers(part)]
    return [array for part in value for array in numbers(part)] if isinstance(value, (list, tuple)) else []


def call(name, arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return FUNCTIONS[name](**arguments)


def test_every_public_function_has_a_good_call_or_a_reason():
    assert {*GOOD, *LEFT_OUT} == set(FUNCTIONS)


@each
def test_the_good_call_is_good(name):
    result = call(name, GOOD[name])
    assert name in MAY_BE_NAN or not any(np.isnan(array).any() for array in numbers(result))


@each
def test_nonsense_is_told_in_words(name):
    for argument, good in GOOD[name].items():
        if callable(good):
            continue
        for wrong in [*WRONG, *ruined(good)]:
            try:
                result = call(name, GOOD[name] | {argument: wrong})
            except NOT_HERE as error:
                assert str(error), (argument, wrong)
            except Exception as error:  # noqa: BLE001 (whatever else it is, it is the finding)
                pytest.fail(f"{name}({argument}={wrong!r:.60}) answers with {type(error).__name__}: {error}")
            else:
                assert name in MAY_BE_NAN or not any(np.isnan(array).any() for array in numbers(result)), (argument, wrong)


def ruined(good):
    """An array of floats with a hole, with complex parts, with a mask: none of them may pass for numbers."""
    if not (isinstance(good, np.ndarray) and good.dtype.kind == "f" and good.size):
        return []
    holed, masked = good.copy(), np.ma.masked_array(good.copy(), mask=np.zeros(good.shape, dtype=bool))
    holed.flat[0], masked.mask.flat[0] = np.nan, True
    return [holed, good * (1 + 1j), masked, good.astype(object), good[..., :-1], good[None]]


@each
def test_holes_complex_parts_and_masks_never_pass(name):
    for argument, good in GOOD[name].items():
        for wrong in ruined(good)[:3]:
            with pytest.raises(ValueError):
                call(name, GOOD[name] | {argument: wrong})


@each
@pytest.mark.parametrize("scale", SCALES)
def test_any_size_of_number_gives_an_answer_or_words(name, scale):
    arrays = [argument for argument, good in GOOD[name].items() if ruined(good)]
    for changed in [*([argument] for argument in arrays), arrays]:
        try:
            result = call(name, GOOD[name] | {argument: scale * GOOD[name][argument] for argument in changed})
        except NOT_HERE:
            continue
        assert name in MAY_BE_NAN or not any(np.isnan(array).any() for array in numbers(result)), changed
