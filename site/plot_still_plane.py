"""Bars, histograms, boxes, heat maps and contours of a Plotly figure, as stills: with Plotly's own rules for what is counted, stacked and quartered."""

import numpy as np
from plot_still_parts import column, kind, words_of

from tokendynamics.figures import style

TURNS = [
    style.PALETTE[name] for name in ("query", "force", "value", "memory", "key", "reference")
]  # of traces without a colour, as on the page
STEPS = ("start", "end", "size")


def check(figure):
    """Raise ValueError where a figure leaves to Plotly what a still would have to guess: the bins of a histogram, the levels of a contour."""
    for trace in figure["data"]:
        for name, of in (("xbins", "histogram"), ("contours", "contour")):
            if kind(trace) == of and not set(STEPS) <= set(trace.get(name, {})):
                raise ValueError(
                    f"a {of} in a Plotly figure of the book says {name}, with start, end and size: else paper and page may choose others"
                )
        if kind(trace) == "histogram" and ("x" not in trace or trace.get("histnorm") or trace.get("cumulative", {}).get("enabled")):
            raise ValueError("a histogram in a Plotly figure of the book counts x, without histnorm and cumulative")
        if kind(trace) == "box" and "y" not in trace:
            raise ValueError("a box in a Plotly figure of the book stands upright, over y")
    if figure.get("layout", {}).get("barmode", "group") not in ("group", "stack", "overlay"):
        raise ValueError("bars in a Plotly figure of the book are barmode group, stack or overlay")


def draw(ax, traces, layout):
    """All traces of these kinds, in their order."""
    several = {name: [trace for trace in traces if kind(trace) == name] for name in KINDS}
    for number, trace in enumerate(traces):
        if kind(trace) in KINDS:
            colour = trace.get("marker", {}).get("color", TURNS[number % len(TURNS)])
            KINDS[kind(trace)](ax, trace, several[kind(trace)], layout, colour)


def bars(ax, trace, all_bars, layout, colour):
    lying = trace.get("orientation") == "h"
    along, high = ("y", "x") if lying else ("x", "y")
    names = [name for each in all_bars for name in each.get(along, range(len(column(each[high]))))] if not bytes_of(trace, along) else []
    words = list(dict.fromkeys(names)) if any(isinstance(name, str) for name in names) else []
    heights = np.nan_to_num(column(trace[high]))
    places = column([words.index(name) for name in trace[along]] if words else trace.get(along, list(range(len(heights)))))
    broad = 0.8 * np.min(np.diff(np.unique(places)), initial=1)
    mode, before = layout.get("barmode", "group"), all_bars[: all_bars.index(trace)]
    base = np.zeros(len(heights))
    if mode == "group":
        broad /= len(all_bars)
        places = places + broad * (len(before) - (len(all_bars) - 1) / 2)
    elif mode == "stack":
        for other in before:  # each begins where the one before ends, also where that went down
            there = dict(zip(other.get(along, range(len(heights))), np.nan_to_num(column(other[high]))))
            base += [there.get(name, 0) for name in trace.get(along, range(len(heights)))]
    look = {"color": colour, "label": trace.get("name"), "alpha": trace.get("opacity", 1)}
    if lying:
        ax.barh(places, heights, broad, left=base, **look)
    else:
        ax.bar(places, heights, broad, bottom=base, **look)
    if words:
        getattr(ax, f"set_{along}ticks")(range(len(words)), words)


def bytes_of(trace, name):
    return isinstance(trace.get(name), dict)


def histogram(ax, trace, all_of_them, layout, colour):
    start, end, size = (trace["xbins"][name] for name in STEPS)
    values = column(trace["x"])
    edges = np.arange(start, end + size / 2, size)
    counts = [np.sum((low <= values) & (values < low + size)) for low in edges[:-1]]  # the last bin leaves out its upper edge, too
    ax.bar(edges[:-1], counts, size, align="edge", color=colour, alpha=trace.get("opacity", 1), label=trace.get("name"))


def box(ax, trace, all_of_them, layout, colour):
    values, place = column(trace["y"]), all_of_them.index(trace)
    stats = quarters(values[np.isfinite(values)])
    lines = {name: {"color": colour} for name in ("boxprops", "whiskerprops", "capprops", "medianprops")}
    ax.bxp([stats], [place], widths=0.5, flierprops={"markeredgecolor": colour, "marker": "."}, **lines)
    ax.set_xticks(range(len(all_of_them)), [each.get("name", "") for each in all_of_them])
    ax.set_xlim(-0.6, len(all_of_them) - 0.4)


def quarters(values):
    """What a box shows of numbers, by Plotly's rules."""
    low, middle, high = np.percentile(values, [25, 50, 75], method="hazen")
    inside = values[(values >= low - 1.5 * (high - low)) & (values <= high + 1.5 * (high - low))]
    return {"q1": low, "med": middle, "q3": high, "whislo": inside.min(), "whishi": inside.max(), "fliers": np.setdiff1d(values, inside)}


def heatmap(ax, trace, all_of_them, layout, colour):
    x, y, z = table(trace)
    drawn = ax.pcolormesh(x, y, z, shading="nearest", cmap=shades(trace), vmin=trace.get("zmin"), vmax=trace.get("zmax"))
    for letter in "xy":
        if isinstance(trace.get(letter), list) and any(isinstance(name, str) for name in trace[letter]):
            getattr(ax, f"set_{letter}ticks")(range(len(trace[letter])), trace[letter])
    if layout.get("yaxis", {}).get("autorange") == "reversed":
        ax.invert_yaxis()
    scale(ax, trace, drawn)


def contour(ax, trace, all_of_them, layout, colour):
    x, y, z = table(trace)
    start, end, size = (trace["contours"][name] for name in STEPS)
    levels = np.arange(start, end + size / 2, size)
    drawn = ax.contourf(x, y, z, levels, cmap=shades(trace), extend="both")
    ax.contour(x, y, z, levels, colors=style.PALETTE["ink"], linewidths=0.4)
    scale(ax, trace, drawn)


def table(trace):
    """Rows of z with the places of its columns and rows; words stand at 0, 1, 2 …"""
    z = column(trace["z"])
    places = []
    for letter, count in (("x", z.shape[1]), ("y", z.shape[0])):
        named = trace.get(letter)
        words = named is None or (isinstance(named, list) and any(isinstance(name, str) for name in named))
        places.append(np.arange(count, dtype=float) if words else column(named))
    return *places, z


def shades(trace):
    given = trace.get("colorscale")
    return style.ramp([colour for _, colour in given] if isinstance(given, list) else style.POTENTIAL_RAMP)


def scale(ax, trace, drawn):
    if trace.get("showscale", True):
        bar = ax.figure.colorbar(drawn, ax=ax, pad=0.02)
        bar.ax.tick_params(labelsize=7)
        bar.set_label(words_of(trace.get("colorbar", {})), fontsize=8)


KINDS = {"bar": bars, "histogram": histogram, "box": box, "heatmap": heatmap, "contour": contour}
