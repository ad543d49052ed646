"""What it means that JavaScript and numpy agree: a difference is measured against the largest entry of numpy's result."""

import numpy as np
from hypothesis import strategies as st

ONE_STEP, MANY_STEPS = 1e-10, 1e-8
SEEDS = st.integers(0, 2**32 - 1)


def agree(ours, theirs, bar=ONE_STEP):
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape
    finite = np.isfinite(theirs)
    np.testing.assert_array_equal(ours[~finite], theirs[~finite])
    size = np.abs(theirs[finite]).max(initial=0.0)
    assert np.abs(ours[finite] - theirs[finite]).max(initial=0.0) <= bar * size
