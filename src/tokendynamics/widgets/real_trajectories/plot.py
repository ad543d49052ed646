"""The space of `RealTrajectories`, as a Plotly figure of Python's: the same traces as in `space.js`, for who restyles or exports them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ... import _checks
from ..._typing import Array
from ...figures import plots
from ...figures.style import PALETTE
from .._stills import up_to
from .still import _check

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

# senses: mark, line and colour each, as on paper
_SENSES = (("circle", "solid", PALETTE["query"]), ("square-open", "dash", "#7D6A00"), ("diamond", "dot", PALETTE["ink"]),
           ("diamond-open", "dashdot", PALETTE["reference"]))  # fmt: skip
_FAR = 1.45  # of the eye
_GAP = np.full((1, 3), np.nan)  # where a line breaks


class _Track(NamedTuple):
    sense: int
    main: bool  # the followed word's
    whole: Array  # (L + 1, 3)
    path: Array  # up to the layer that is shown
    short: str
    about: str


def figure(
    data: Mapping[str, Any], *, word: str, layer: float, shown: Sequence[int], basis: str = "own", tokens: str = "word",
    trails: bool = True, turn: Sequence[float] = (-60.0, 20.0), anchors: Sequence[str] = (), ghost: Sequence[Mapping[str, Any]] | None = None,
) -> Figure:  # fmt: skip
    """What `RealTrajectories` shows in three directions, as a Plotly figure; arguments as for `still`.

    Parameters
    ----------
    data, word, layer, shown, basis, tokens, trails, anchors
        As for `still`; "anchors", which has two directions, is no basis here.
    turn : [turn, tilt], degrees, default (-60, 20)
    ghost : list of dict, optional
        The states of each sentence in the model as it learned, where something in it is changed; drawn beneath.
    """
    _check(data, word, layer, shown, basis, (1, 2), tokens, trails, anchors)
    if basis == "anchors":
        raise ValueError("basis must be 'own' or 'common' in three directions; 'anchors' has two")
    angles = _checks.shaped("turn", turn, 2)
    tracks = _tracks(data, word, layer, shown, basis, tokens)
    ghosts = [] if ghost is None else _tracks(_learned(data, ghost), word, layer, shown, basis, tokens)
    traces = [_line([track.whole], PALETTE["reference"], width=1.5, dash="dot") for track in ghosts]
    for k, (sense, (mark, dash, colour)) in enumerate(zip(data["words"][word]["senses"], cycle(_SENSES))):
        mine = [track for track in tracks if track.sense == k]
        if trails:
            for main, opacity, width in ((True, 0.9, 4), (False, 0.35, 1.5)):
                paths = [track.path for track in mine if track.main == main]
                if paths:
                    traces.append(_line(paths, colour, width=width, dash=dash) | {"opacity": opacity})
        ends = np.array([track.path[-1] for track in mine]).reshape(-1, 3)
        sizes = [7 if track.main else 3 for track in mine]
        traces.append({
            "type": "scatter3d", "mode": "markers+text", "name": sense, "text": [track.short for track in mine], "textposition": "top center",
            "hovertext": [track.about for track in mine], "hovertemplate": "%{hovertext}<extra></extra>",
            "marker": {"symbol": mark, "color": colour, "size": sizes, "line": {"color": colour, "width": 1}},
        } | _columns(ends))  # fmt: skip
    entry = data["words"][word]
    held = sum((entry["own"] if basis == "own" else data["common"])["each"][:3])
    words = (
        f"The word “{word}” in {len(shown)} of its sentences ({' or '.join(entry['senses'])}) at layer {layer:g}, in three directions fitted to "
        f"{'this word' if basis == 'own' else 'all tokens of all sentences'}, which hold {100 * held:.0f} % of the variance."
    )
    return plots.drawn(traces, _layout([*tracks, *ghosts], angles), words)


def _tracks(data, word, layer, shown, basis, tokens):
    """Of the tokens that are shown; the followed word's come last, so that they lie on top."""
    entry, found = data["words"][word], []
    alone = tokens == "all" and len(shown) == 1  # room for every name
    for i in shown:
        sentence, number = data["sentences"][i], entry["sentences"].index(i) + 1
        states = np.array(sentence[basis])[..., :3]
        for k in [sentence["target"]] if tokens == "word" else range(len(sentence["tokens"])):
            name, main = sentence["tokens"][k], k == sentence["target"]
            short = (name if alone else str(number)) if main or alone else ""
            about = f"{name}, sentence {number}, {sentence['sense']}"
            found.append(_Track(entry["senses"].index(sentence["sense"]), main, states[:, k], up_to(states[:, k], layer), short, about))
    return sorted(found, key=lambda track: track.main)


def _learned(data, ghost):
    sentences = [{**sentence, **mine} for sentence, mine in zip(data["sentences"], ghost)]
    return {**data, "sentences": sentences}


def _layout(tracks, turn):
    """A frame of equal sides around all layers, seen from where the widget is turned to."""
    seen = np.concatenate([track.whole for track in tracks]) if tracks else np.array([[-1.0] * 3, [1.0] * 3])
    low, high = seen.min(axis=0), seen.max(axis=0)
    middle, half = (low + high) / 2, 0.56 * max((high - low).max(), 1e-3)
    axes = {
        f"{letter}axis": {
            "title": {"text": f"direction {k + 1}"},
            "range": [middle[k] - half, middle[k] + half],
            "nticks": 5,
            "showspikes": False,
        }
        for k, letter in enumerate("xyz")
    }
    yaw, pitch = np.radians(turn)
    eye = _FAR * np.array([np.cos(pitch) * np.cos(yaw), np.cos(pitch) * np.sin(yaw), np.sin(pitch)])
    camera = {"eye": dict(zip("xyz", eye.tolist())), "up": {"x": 0, "y": 0, "z": 1}, "projection": {"type": "orthographic"}}
    return {
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "legend": {"orientation": "h", "x": 0, "y": 1, "itemclick": False, "itemdoubleclick": False},
        "scene": axes | {"aspectmode": "cube", "dragmode": "turntable", "camera": camera},
    }


def _line(paths, colour, *, width, dash):
    whole = np.concatenate([piece for path in paths for piece in (path, _GAP)])[:-1]
    look = {"color": colour, "width": width, "dash": dash}
    return {"type": "scatter3d", "mode": "lines", "hoverinfo": "skip", "showlegend": False, "line": look} | _columns(whole)


def _columns(places):
    return {letter: [None if np.isnan(value) else value for value in column] for letter, column in zip("xyz", places.T.tolist())}
