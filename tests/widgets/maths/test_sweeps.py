"""The sweeps' means, by JavaScript and by Python."""

import numpy as np

from tokendynamics.widgets.sweeps import engine


def test_values_and_means(node):
    data = engine.points()
    for name, sweep in data["sweeps"].items():
        assert node.call("sweeps/engine", "longest", sweep) == engine.longest(sweep), name
        for line in sweep["lines"]:
            for metric in engine.metrics_of(sweep):
                for n in {1, engine.longest(sweep)}:
                    assert node.call("sweeps/engine", "values", line, metric, n).tolist() == engine.values(line, metric, n)
                    ours, theirs = node.call("sweeps/engine", "means", line, metric, n), engine.means(line, metric, n)
                    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
