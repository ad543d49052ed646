"""Widgets in a kernel: a closed one is let go, and those of a kind share what is the same for all."""

import gc
import weakref

import pytest

from tokendynamics import widgets
from tokendynamics.widgets import RealTrajectories, Sweeps

KINDS = [getattr(widgets, name) for name in widgets.__all__]


@pytest.mark.parametrize("kind", KINDS)
def test_twenty_closed_widgets_are_all_let_go(kind):
    gone = []
    for _ in range(20):
        widget = kind()
        gone.append(weakref.ref(widget))
        widget.close()
    del widget
    gc.collect()
    assert not [each for each in gone if each()]


@pytest.mark.parametrize("kind", KINDS)
def test_script_and_style_are_one_text_for_all_of_a_kind(kind):
    one, other = kind(), kind()
    assert isinstance(one._esm, str) and one._esm is other._esm and one._css is other._css
    assert {"_esm", "_css"} <= set(one.get_state()), "the page gets them"


@pytest.mark.parametrize("kind", [RealTrajectories, Sweeps])
def test_the_books_data_is_one_for_all_of_a_kind(kind):
    assert kind().data is kind().data
