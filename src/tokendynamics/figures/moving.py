"""The moving picture of the front page: one word in a few sentences, from layer to layer, drawn and set in motion by the picture itself.

The picture is text, an SVG with its own style, and needs no script; in a page it wears the page's colours. It plays once, for `SECONDS` after
`PAUSE`, and then rests: what moves for less than five seconds by itself needs no button that stops it. Where motion is not wanted, and on
paper, it is at rest from the start.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from html import escape
from typing import Any, NamedTuple

import numpy as np

from .. import _checks
from .._typing import Array
from .style import PALETTE

SECONDS, PAUSE = 3.6, 0.6
WIDTH, HEIGHT = 344, 132  # the width of a phone's column, so that letters are there as large as they are here
PLANE = ((12.0, 10.0), (147.0, 126.0))  # opposite corners of what the states fill
LETTERS = 22  # in a line of a sentence
# a sentence's mark and line, as `RealTrajectories` marks a sense: a disc and a line, a hollow square and dashes
MARKS = ('<circle r="5.5"/>', '<path d="M-5.5-5.5h11v11h-11z"/>')
SAID = ("a disc, a solid line", "a hollow square, a dashed line")
STYLE = f"""
.tdm{{--a:var(--td-query,{PALETTE["query"].lower()});--b:var(--td-other,#7d6a00);--i:var(--td-ink,#1f242b);--q:var(--td-quiet,#565d66);--p:var(--td-page,#fff);\
font:14px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}}
@media(prefers-color-scheme:dark){{.tdm{{--a:var(--td-query,#56b4f0);--b:var(--td-other,#c6b25a);--i:var(--td-ink,#e4e7ec);\
--q:var(--td-quiet,#a9b1bd);--p:var(--td-page,#141414)}}}}
.tdm text{{fill:var(--i)}}.tdm .q{{fill:var(--q);font-size:12px}}.tdm .w{{font-weight:700}}
.tdm .s0{{--c:var(--a);--f:var(--a);--d:none}}.tdm .s1{{--c:var(--b);--f:var(--p);--d:6 4}}
.tdm .t{{fill:none;stroke:var(--c);stroke-width:2;stroke-dasharray:var(--d)}}.tdm .l{{fill:var(--c)}}.tdm .m{{fill:var(--f);stroke:var(--c);stroke-width:2}}
.tdm .r{{fill:none;stroke:#fff;stroke-width:14;stroke-dasharray:1;stroke-linejoin:round;stroke-linecap:round}}
"""


class MovingPicture(NamedTuple):
    """A picture that moves by itself.

    Attributes
    ----------
    svg : str
    alt : str
        What is seen, in words; the SVG says it to who cannot see.
    caption : str
        HTML.
    """

    svg: str
    alt: str
    caption: str

    def _repr_html_(self) -> str:
        return f'<figure class="td-moving">{self.svg}<figcaption>{self.caption}</figcaption></figure>'


class Until(NamedTuple):
    """A widget, and the picture that stands in its place where nothing runs, and until a reader asks for it (the cell's tag `later`)."""

    picture: MovingPicture
    widget: Any

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = self.widget._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**data, "text/html": self.picture._repr_html_(), "text/plain": self.picture.alt}, metadata


def two_sentences(data: Mapping[str, Any], word: str) -> MovingPicture:
    """A word in two sentences, from layer to layer: straight lines between its states, in the plane fitted to the word.

    Parameters
    ----------
    data : dict
        From `senses.journeys`, or from `senses.only` with two sentences.
    word : str
        One of its words, in two sentences.

    Returns
    -------
    MovingPicture
    """
    words = _checks.mapping("data", data, "what `senses.journeys` gives", ("words", "sentences"))["words"]
    entry = words[_checks.choice("word", word, words)]
    if len(entry["sentences"]) != len(MARKS):
        raise ValueError(f"word must have {len(MARKS)} sentences in data, as `senses.only` leaves; {word!r} has {len(entry['sentences'])}")
    sentences = [data["sentences"][i] for i in entry["sentences"]]
    states = np.stack([np.array(each["own"])[:, each["target"], :2] for each in sentences])  # (2, L + 1, 2)
    last = states.shape[1] - 1
    share = f"{100 * sum(entry['own']['each'][:2]):.0f} %"
    apart = np.linalg.norm(states[0] - states[1], axis=1)  # (L + 1,)
    alt = (
        f"The word “{word}” in two sentences: a trail each, in one plane. “{sentences[0]['sentence']}” is {SAID[0]}; “{sentences[1]['sentence']}” "
        f"is {SAID[1]}. At layer 0 they are {apart[0]:.1f} apart there, at layer {apart.argmax()}, where they are furthest, {apart.max():.1f}, "
        f"and at layer {last} {apart[-1]:.1f}."
    )
    caption = f"<em>{escape(word)}</em> at each layer; this plane shows {share} of how its states vary."
    return MovingPicture(_svg(_placed(states), word, [each["sentence"] for each in sentences], alt), alt, caption)


def _placed(states: Array) -> Array:
    """The states (sentences, L + 1, 2) where the picture has them: both directions on one scale, in the plane's middle, the second upwards."""
    corners = np.array(PLANE)
    low, high = states.min(axis=(0, 1)), states.max(axis=(0, 1))
    scale = ((corners[1] - corners[0]) / np.maximum(high - low, 1e-9)).min()
    return corners.mean(axis=0) + scale * np.array([1, -1]) * (states - (low + high) / 2)


def _svg(paths, word, sentences, alt):
    trails = "".join(_trail(path, i) for i, path in enumerate(paths))
    legend = "".join(_sentence(sentence, word, i) for i, sentence in enumerate(sentences))
    (x, y), (right, up) = paths[:, 0].mean(axis=0), (paths[:, -1, 0].min(), paths[:, -1, 1].min())
    ends = f'<text class="q" x="{x + 9:.0f}" y="{y + 2:.0f}">layer 0</text>'
    ends += f'<text class="q" x="{right - 9:.0f}" y="{up + 4:.0f}" text-anchor="end">layer {paths.shape[1] - 1}</text>'
    rests = "{.tdm *{animation:none!important}}"
    style = (
        STYLE
        + "".join(_motion(path, i) for i, path in enumerate(paths))
        + f"@media(prefers-reduced-motion:reduce){rests}@media print{rests}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tdm" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(alt)}">'
        f"<style>{style}</style>{ends}{trails}{legend}</svg>"
    )


def _trail(path, i):
    """The line, a dot a layer, both as far as the mark has come, and the mark; at rest, all of it."""
    line = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in path)
    dots = "".join(f'<circle class="l" cx="{x:.1f}" cy="{y:.1f}" r="2.4"/>' for x, y in path)
    x, y = path[-1]
    return (
        f'<mask id="tdm-{i}" maskUnits="userSpaceOnUse" x="0" y="0" width="{WIDTH}" height="{HEIGHT}"><path class="r r{i}" pathLength="1" d="{line}"/>'
        f'</mask><g class="s{i}"><g mask="url(#tdm-{i})"><path class="t" d="{line}"/>{dots}</g>'
        f'<g class="m m{i}" transform="translate({x:.1f},{y:.1f})">{MARKS[i]}</g></g>'
    )


def _motion(path, i):
    """The mark's places and how much of its trail is there, layer by layer, in the picture's own style."""
    gone = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    at = [f"{100 * layer / (len(path) - 1):.4g}%" for layer in range(len(path))]
    moves = "".join(f"{when}{{transform:translate({x:.1f}px,{y:.1f}px)}}" for when, (x, y) in zip(at, path))
    shows = "".join(f"{when}{{stroke-dashoffset:{1 - part:.3f}}}" for when, part in zip(at, gone / max(gone[-1], 1e-9)))
    plays = f"{SECONDS:g}s ease-in-out {PAUSE:g}s both"
    return f"@keyframes m{i}{{{moves}}}@keyframes r{i}{{{shows}}}.tdm .m{i}{{animation:tdm-m{i} {plays}}}.tdm .r{i}{{animation:tdm-r{i} {plays}}}".replace(
        "@keyframes ", "@keyframes tdm-"
    )


def _sentence(sentence, word, i):
    """A sentence in lines beside its mark, the word bold."""
    x, y = 181, 36 + 58 * i
    lines = textwrap.wrap(sentence, LETTERS)
    whole = re.compile(rf"\b{re.escape(escape(word))}\b", re.IGNORECASE)
    bold = [whole.sub(lambda found: f'<tspan class="w">{found[0]}</tspan>', escape(line)) for line in lines]
    spans = "".join(f'<tspan x="{x}" dy="{18 if k else 0}">{line}</tspan>' for k, line in enumerate(bold))
    return f'<g class="s{i}"><g class="m" transform="translate({x - 13},{y - 5})">{MARKS[i]}</g><text x="{x}" y="{y}">{spans}</text></g>'
