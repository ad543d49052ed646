"""The sweeps' means, by JavaScript and by Python."""

import numpy as np

from tokendynamics import sweep_points


def test_values_and_means(node):
    data = sweep_points.points()
    for name, sweep in data["sweeps"].items():
        assert node.call("sweep_points", "longest", sweep) == sweep_points.longest(sweep), name
        for line in sweep["lines"]:
            for metric in sweep_points.metrics_of(sweep):
                for n in {1, sweep_points.longest(sweep)}:
                    assert node.call("sweep_points", "values", line, metric, n).tolist() == sweep_points.values(line, metric, n)
                    ours, theirs = node.call("sweep_points", "means", line, metric, n), sweep_points.means(line, metric, n)
                    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
