"""Cells of a notebook as Python: what IPython adds is left out, and what is Python stays as it is."""

import pytest

from tokendynamics.exercises._guest import magics


@pytest.mark.parametrize(("cell", "python"), [
    ("x = 5 % 2\n'%a' % 1", "x = 5 % 2\n'%a' % 1"),
    ("text = '''\n%matplotlib\n'''", "text = '''\n%matplotlib\n'''"),
    ("%matplotlib inline\nx = 1", "pass\nx = 1"),
    ("!pip install numpy\nx = 1", "pass\nx = 1"),
    ("if True:\n    %time x = 1", "if True:\n    x = 1"),
    ("%timeit f()\nx = 1", "pass\nx = 1"),
    ("files = !ls\nhere = %pwd\nx = 1", "files = None\nhere = None\nx = 1"),
    ("np.mean?\n?np\nx = 1", "pass\npass\nx = 1"),
    ("%%time\nx = 1", "\nx = 1"),
    ("%%capture out\n%matplotlib inline\nx = 1", "\npass\nx = 1"),
    ("%%bash\nrm -rf /", ""),
    ("%%html\n<b>", ""),
    ("def f(:", "def f(:"),
])  # fmt: skip
def test_magics_are_left_out(cell, python):
    assert magics.python(cell) == python
