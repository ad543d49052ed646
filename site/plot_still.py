"""The still of a Plotly figure, drawn by matplotlib from what the figure itself holds, so that paper and page cannot differ in their numbers.

It draws lines, marks and words in a plane and in space, surfaces, from where the figure's camera stands, and, in plot_still_plane.py, bars and their like.
"""

import numpy as np
import plot_still_plane
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from plot_still_parts import column, kind, words_of

from tokendynamics.figures import style

DEEP = ("scatter3d", "surface")
PLANE = ("scatter", *plot_still_plane.KINDS)
DASHES = {
    "solid": "-",
    "dash": (0, (5, 2)),
    "dot": (0, (1, 1.5)),
    "dashdot": (0, (6, 2, 1, 2)),
    "longdash": (0, (8, 3)),
    "longdashdot": (0, (8, 3, 1, 3)),
}
MARKS = {"circle": "o", "square": "s", "diamond": "D", "cross": "P", "x": "X", "triangle-up": "^"}
SHRINK = 0.75  # points for a pixel
EYE = {"x": 1.25, "y": 1.25, "z": 1.25}  # where Plotly looks from


def check(figure):
    """Raise ValueError where a figure cannot be drawn."""
    kinds = {kind(trace) for trace in figure["data"]}
    strange = sorted(kinds - set(PLANE) - set(DEEP))
    if strange:
        raise ValueError(
            f"a Plotly figure of the book is made of {', '.join(PLANE + DEEP)}; this one has {', '.join(strange)}, of which there is no still"
        )
    if kinds & set(PLANE) and kinds & set(DEEP):
        raise ValueError("a Plotly figure of the book is in a plane or in space; this one is in both, of which there is no still")
    others = sorted({str(shape.get("type")) for shape in figure.get("layout", {}).get("shapes", [])} - {"rect"})
    if others:
        raise ValueError(f"of the shapes in a Plotly figure a still has rect alone; this one has {', '.join(others)}")
    plot_still_plane.check(figure)


def png(figure):
    """PNG bytes."""
    return style.png(drawn(figure), rare=is_deep(figure))


def is_deep(figure):
    return any(kind(trace) in DEEP for trace in figure["data"])


def drawn(figure):
    """The same as a figure of matplotlib."""
    traces, layout = figure["data"], figure.get("layout", {})
    deep = is_deep(figure)
    made = style.new_figure(style.WIDTH, 4.4 if deep else 3.6)
    if deep:
        ax = space(made, layout.get("scene", {}))
    else:
        ax = plane(made, layout)
    plot_still_plane.draw(ax, traces, layout)
    for order, trace in enumerate(traces):
        if kind(trace) == "surface":
            surface(ax, trace, order)
        elif kind(trace).startswith("scatter"):
            lines_and_marks(ax, trace, order, "xyz" if deep else "xy")
    if any(named(trace) for trace in traces) and layout.get("showlegend", True) and ax.get_legend_handles_labels()[0]:
        where = {"loc": "upper left", "bbox_to_anchor": (0, 1), "ncols": 2} if deep else {"loc": "best"}
        ax.legend(fontsize=8, frameon=False, **where)
    if not deep:
        made.tight_layout(pad=0.6)
    return made


def plane(made, layout):
    ax = made.add_subplot()
    style.plain(ax, ticks=8)
    for letter in "xy":
        axis = layout.get(f"{letter}axis", {})
        if axis.get("type") == "log":
            getattr(ax, f"set_{letter}scale")("log")
        finish(ax, letter, axis)
        if "range" in axis and axis.get("type") != "log":
            getattr(ax, f"set_{letter}lim")(axis["range"])
    ax.set_title(words_of(layout), loc="left", fontsize=9)
    for box in layout.get("shapes", []):
        corner, size = (box["x0"], box["y0"]), (box["x1"] - box["x0"], box["y1"] - box["y0"])
        look = {"facecolor": box.get("fillcolor", "none"), "alpha": box.get("opacity", 1), "edgecolor": box.get("line", {}).get("color")}
        ax.add_patch(Rectangle(corner, *size, zorder=0, **look))
    for note in layout.get("annotations", []):
        ax.text(note["x"], note["y"], note["text"], ha="center", va="center", fontsize=7)
    return ax


def space(made, scene):
    ax = made.add_axes((0, 0, 1, 1), projection="3d", computed_zorder=False)
    camera = scene.get("camera", {})
    eye = EYE | camera.get("eye", {})
    ax.view_init(np.degrees(np.arctan2(eye["z"], np.hypot(eye["x"], eye["y"]))), np.degrees(np.arctan2(eye["y"], eye["x"])))
    if camera.get("projection", {}).get("type") == "orthographic":
        ax.set_proj_type("ortho")
    ratio = scene.get("aspectratio", {"x": 1, "y": 1, "z": 1})
    bare = not any(scene.get(f"{letter}axis", {}).get("visible", True) for letter in "xyz")
    ax.set_box_aspect([ratio[letter] for letter in "xyz"], zoom=1.35 if bare else 0.85)
    for letter in "xyz":
        axis = scene.get(f"{letter}axis", {})
        finish(ax, letter, axis)
        if "range" in axis:
            getattr(ax, f"set_{letter}lim")(axis["range"])
        getattr(ax, f"{letter}axis").pane.fill = False
    if bare:
        ax.set_axis_off()
    return ax


def finish(ax, letter, axis):
    """The name of an axis, and its own numbers where it says them."""
    getattr(ax, f"set_{letter}label")(words_of(axis), fontsize=9)
    if "tickvals" in axis:
        getattr(ax, f"set_{letter}ticks")(column(axis["tickvals"]), axis.get("ticktext"))
    ax.tick_params(axis=letter, labelsize=7)


def surface(ax, trace, order):
    x, y, z = (column(trace[letter]) for letter in "xyz")
    if x.ndim == 1:
        x, y = np.meshgrid(x, y)
    shades = style.ramp([colour for _, colour in trace.get("colorscale", [[0, style.POTENTIAL_RAMP[0]], [1, style.POTENTIAL_RAMP[1]]])])
    ax.plot_surface(x, y, z, cmap=shades, alpha=trace.get("opacity", 1), rcount=60, ccount=60, linewidth=0, antialiased=True, zorder=order)
    lines = trace.get("contours", {}).get("z", {})
    if lines.get("show"):
        levels = np.arange(lines["start"], lines["end"], lines["size"])
        ax.contour(x, y, z, levels, colors=lines.get("color", "#767676"), linewidths=0.5, zorder=order)


def lines_and_marks(ax, trace, order, letters):
    at = [column(trace[letter]) for letter in letters]
    mode, look, mark = trace.get("mode", "lines"), trace.get("line", {}), trace.get("marker", {})
    label = trace.get("name") if named(trace) else None
    if "lines" in mode:
        width = SHRINK * look.get("width", 2) * (0.55 if len(letters) == 3 else 1)
        dash = DASHES.get(look.get("dash", "solid"), "-")
        ax.plot(*at, color=look.get("color"), linewidth=width, linestyle=dash, alpha=trace.get("opacity", 1), label=label, zorder=order)
        label = None
    if "markers" in mode:
        symbol, several = mark.get("symbol", "circle"), at[0].shape
        edges = np.tile(to_rgba(mark.get("color", style.PALETTE["ink"])), (*several, 1))
        edges[:, 3] = mark.get("opacity", trace.get("opacity", 1))
        size = np.square(SHRINK * np.broadcast_to(np.array(mark.get("size", 6), dtype=float), several))
        more = {"depthshade": False} if len(letters) == 3 else {}
        ax.scatter(*at, s=size, marker=MARKS.get(symbol.removesuffix("-open"), "o"), edgecolors=edges, linewidths=0.8, label=label, zorder=order,
                   facecolors="none" if symbol.endswith("-open") else edges, **more)  # fmt: skip
    if "text" in mode:
        for words, *place in zip(trace["text"], *at):
            if words:
                ax.text(*place, f" {words}", fontsize=8, zorder=order + 1)


def named(trace):
    """Whether the legend has it."""
    return bool(trace.get("name")) and kind(trace) != "surface" and trace.get("showlegend", True)
