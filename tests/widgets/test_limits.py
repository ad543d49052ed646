"""limits.json beside each widget: Python holds its numbers to it; tests/site/test_limits.py shows that the page's controls do."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from tokendynamics import widgets

LIMITS = {
    file.parent.name: importlib.import_module(f"tokendynamics.widgets.{file.parent.name}").LIMITS
    for file in sorted(Path(widgets.__file__).parent.glob("*/limits.json"))
}
CLASSES = {folder: getattr(widgets, folder.title().replace("_", "")) for folder in LIMITS}
ENDS = [
    (folder, trait, end)
    for folder, limits in LIMITS.items()
    for trait, own in limits.items()
    for end in ("min", "max")
    if end in own and trait in CLASSES[folder].class_traits() and np.isscalar(CLASSES[folder].class_traits()[trait].default_value)
]


@pytest.mark.parametrize("folder, trait, end", ENDS)
def test_a_number_may_be_at_its_limit_and_not_beyond(folder, trait, end):
    own, widget = LIMITS[folder][trait], CLASSES[folder]()
    beyond = (1 if own.get("whole") else 1e-6) * (1 if end == "max" else -1)
    if trait != "length":  # as long as the task has answers
        setattr(widget, trait, own[end])
    with pytest.raises(ValueError, match=f"{trait} must be"):
        setattr(widget, trait, own[end] + beyond)


def test_every_widget_that_has_limits_is_looked_at():
    assert len(ENDS) >= 40 and {folder for folder, *_ in ENDS} == LIMITS.keys()
