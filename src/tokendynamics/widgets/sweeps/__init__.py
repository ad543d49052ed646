"""Sweeps: the hundreds of models that the emergence chapter trained, each a point to look at."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import traitlets

from .. import _proposals
from .._live import Live
from . import engine

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_points = functools.cache(engine.points)  # one for all widgets


class Sweeps(Live):
    """Every shipped run of the emergence sweeps in one figure, by plotly.

    Parameters
    ----------
    sweep : "heads", "phase", "data", "depth", "metric", "superposition", "steps", "streams", "again", "grokking", "size", "width" or "topics"
        As in `emergence.run`.
    metric : str
        One that the sweep has, see `engine.METRICS`.
    length : int
        For "all_right", how many answers in a row must be right.
    seed : int, −1 to 7
        The runs to pick out; −1 for none.
    diagram : bool
        Whether "phase" is drawn as heads against sentences, a cell for each pair with its eight runs in it.

    Notes
    -----
    Bad input raises ValueError.
    """

    view = "sweeps"
    state_names = ("sweep", "metric", "length", "seed", "diagram")

    data = traitlets.Dict().tag(sync=True)
    sweep = traitlets.Unicode("heads").tag(sync=True)
    metric = traitlets.Unicode("all_right").tag(sync=True)
    length = traitlets.Int(4).tag(sync=True)
    seed = traitlets.Int(-1).tag(sync=True)
    diagram = traitlets.Bool(True).tag(sync=True)

    def __init__(self, **state):
        super().__init__(data=_points(), **state)

    def still(self) -> tuple[bytes, str]:
        from ...figures.style import png
        from .still import alt, still

        return png(still(self.data, **self.state())), alt(self.data, **self.state())

    def figure(self) -> Figure:
        """What is shown now as a Plotly figure, to restyle or to export; plotly has to be installed.

        Returns
        -------
        plotly.graph_objects.Figure
        """
        from .plot import figure

        return figure(self.data, **self.state())

    @traitlets.validate("sweep")
    def _check_sweep(self, proposal):
        return _proposals.choice(proposal, self.data["sweeps"])

    @traitlets.validate("metric")
    def _check_metric(self, proposal):
        return _proposals.choice(proposal, engine.metrics_of(self.data["sweeps"][self.sweep]))

    @traitlets.validate("length")
    def _check_length(self, proposal):
        return _proposals.whole(proposal, 1, engine.longest(self.data["sweeps"][self.sweep]))

    @traitlets.validate("seed")
    def _check_seed(self, proposal):
        return _proposals.whole(proposal, -1, max(self.data["sweeps"][self.sweep]["lines"][0]["seed"]))

    @traitlets.observe("sweep")
    def _keep_to_what_it_has(self, change):
        sweep = self.data["sweeps"][change["new"]]
        if self.metric not in engine.metrics_of(sweep):
            self.metric = engine.metrics_of(sweep)[0]
        self.length = min(self.length, engine.longest(sweep))
