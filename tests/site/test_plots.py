"""Plotly figures on the book's pages: the build asks for words and draws a still; the page draws the figure when it is reached, and in its own colours."""

import base64
import importlib.util
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import plotly.graph_objects
import pytest
from node import find
from PIL import Image
from sphinx.errors import ExtensionError

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "site"))
import book_plots  # noqa: E402
import book_safety  # noqa: E402
import plot_still  # noqa: E402
import plot_still_plane  # noqa: E402

from tokendynamics.figures import plots  # noqa: E402
from tokendynamics.figures.style import PALETTE, POTENTIAL_RAMP  # noqa: E402

CHAPTER = "chapters/01_tokens_as_particles.html"
SLOW = 90_000  # ms: without a graphics card the processor draws, and it may be busy
WORDS = "Three marks, of which the second is the highest and the last is as low as the first."
FLAT = {"data": [{"type": "scatter", "mode": "lines+markers", "x": [0, 1, 2], "y": [0, 1, 0]}], "layout": {"meta": {"alt": WORDS}}}


def rendered(figure, folder):
    """What the builder makes of a figure: (HTML of its data, its image's node)."""

    def write_file(path, data, **options):
        (folder / path[0]).write_bytes(data)
        return path[0]

    renderer = SimpleNamespace(renderer=SimpleNamespace(document={"source": "chapter.ipynb"}), write_file=write_file)
    output = SimpleNamespace(mime_type=book_plots.MIME, content=figure, cell_index=3)
    (place,) = book_plots.Plots.handle_mime(renderer, output, False)
    script, still = place.children
    return script.astext(), still.children[0]


def test_the_build_keeps_the_figure_its_words_and_a_still(tmp_path):
    script, image = rendered(FLAT, tmp_path)
    held = json.loads(re.fullmatch(r"<script type=\"[\w./+]+\">(.*)</script>", script)[1])
    assert held == {"data": FLAT["data"], "layout": {}} and image["alt"] == WORDS
    assert (tmp_path / image["uri"]).read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    "figure, words",
    [
        (FLAT | {"layout": {}}, r"chapter.ipynb, cell 4: .*figure\.update_layout\(meta=\{\"alt\""),
        (FLAT | {"layout": {"meta": {"alt": "A figure."}}}, "Now: 'A figure.'"),
        (FLAT | {"data": [{"type": "pie", "values": [1]}]}, "cell 4: .* this one has pie, of which there is no still"),
    ],
)
def test_the_build_stops_where_a_reader_would_miss_something(tmp_path, figure, words):
    with pytest.raises(ExtensionError, match=words):
        rendered(figure, tmp_path)


SAMPLE = [0.1, 0.4, 0.5, 0.9, 1.0, 1.2, 1.9, 2.0, 2.5, 7.0]
BINS = {"start": 0, "end": 8, "size": 0.5}
IN_A_PLANE = {
    "grouped": {"data": [{"type": "bar", "x": ["a", "b"], "y": [1, 3], "name": "one"}, {"type": "bar", "x": ["b", "c"], "y": [2, -1], "name": "two"}]},
    "stacked": {"data": [{"type": "bar", "x": [1, 2], "y": [1, -3]}, {"type": "bar", "x": [2, 1], "y": [2, 4]}, {"type": "bar", "x": [1, 2], "y": [1, -1]}], "layout": {"barmode": "stack"}},
    "lying": {"data": [{"type": "bar", "orientation": "h", "y": ["a", "b"], "x": [1, 3]}]},
    "counted": {"data": [{"type": "histogram", "x": SAMPLE, "xbins": BINS}]},
    "boxed": {"data": [{"type": "box", "y": SAMPLE, "name": "one"}, {"type": "box", "y": [1, 2, 3, 4], "name": "two"}]},
    "mapped": {"data": [{"type": "heatmap", "z": [[1, 2, 3], [4, 5, None]], "x": ["a", "b", "c"], "y": [0, 10]}]},
    "levelled": {"data": [{"type": "contour", "z": [[0, 1, 2], [1, 2, 3], [2, 3, 4]], "contours": {"start": 1, "end": 3, "size": 1}}]},
}  # fmt: skip


def boxes(figure):
    """Of a still: (left, right, low, high) of each bar."""
    ax = plot_still.drawn(figure).axes[0]
    return [
        (round(p.get_x(), 6), round(p.get_x() + p.get_width(), 6), *np.round(sorted([p.get_y(), p.get_y() + p.get_height()]), 6))
        for p in ax.patches
    ]


@pytest.mark.parametrize("name", IN_A_PLANE)
def test_other_kinds_of_the_plane_have_stills_too(tmp_path, name):
    figure = {"layout": {}} | IN_A_PLANE[name]
    script, image = rendered(figure | {"layout": figure["layout"] | {"meta": {"alt": WORDS}}}, tmp_path)
    assert len(np.unique(np.array(Image.open(tmp_path / image["uri"]).convert("L")))) > 20


@pytest.mark.parametrize(
    "trace, words",
    [
        ({"type": "histogram", "x": [1]}, "says xbins, with start, end and size"),
        ({"type": "histogram", "x": [1], "xbins": BINS, "histnorm": "percent"}, "without histnorm"),
        ({"type": "contour", "z": [[1, 2], [2, 3]]}, "says contours"),
        ({"type": "box", "x": [1, 2]}, "stands upright"),
    ],
)
def test_what_paper_would_have_to_guess_is_asked_for(tmp_path, trace, words):
    with pytest.raises(ExtensionError, match=words):
        rendered({"data": [trace], "layout": {"meta": {"alt": WORDS}}}, tmp_path)
    with pytest.raises(ExtensionError, match="this one is in both"):
        rendered({"data": [{"type": "bar", "y": [1]}, {"type": "surface", "z": [[1]]}], "layout": {"meta": {"alt": WORDS}}}, tmp_path)


def test_a_still_and_the_page_count_stack_and_quarter_alike(visit, book, serve):
    """The numbers of Plotly itself, on a page of the book with two builds of plotly.js, beside those of the stills."""
    figures = [*IN_A_PLANE.values(), FLAT]
    still = f'<div class="td-still"><img alt="{WORDS}"></div>'
    places = "".join(
        f'<div class="td-figure"><script type="{book_plots.MIME}">{json.dumps(figure)}</script>{still}</div>' for figure in figures
    )
    page = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>plots</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/_static/book.css">
      <script defer src="/_static/host.js"></script><script defer src="/_static/plots.js"></script></head><body><main>{places}</main></body></html>"""
    page = visit(serve(book, made=lambda path: book_safety.with_policy(page).encode() if path == "/plots.html" else None) + "/plots.html")
    drawn = []
    for place in page.locator(".td-plot").all():
        place.scroll_into_view_if_needed()
        page.wait_for_function("place => 'drawn' in place.dataset", arg=place.element_handle(), timeout=SLOW)
        drawn.append(
            place.evaluate(
                """place => place.calcdata.map(trace => trace.map(({ p0, p1, s0, s1, q1, med, q3, lf, uf }) => [p0, p1, s0, s1, q1, med, q3, lf, uf]))"""
            )
        )
    assert page.evaluate("window.Plotly === window.tdPlotly && Boolean(window.tdPlotly)"), "the first build keeps the name"
    of = dict(zip(IN_A_PLANE, drawn))
    for name in ("grouped", "stacked", "counted"):
        seen = sorted(
            (p0, p1, *sorted([s0, s1]))
            for trace in of[name]
            for p0, p1, s0, s1, *_ in trace
            if p0 is not None and (name != "counted" or s1)
        )
        ours = sorted(box for box in boxes(IN_A_PLANE[name]) if name != "counted" or box[3])
        np.testing.assert_allclose(ours, seen, atol=1e-6, err_msg=name)
    for trace, shown in zip(IN_A_PLANE["boxed"]["data"], of["boxed"]):
        stats = plot_still_plane.quarters(np.array(trace["y"], dtype=float))
        np.testing.assert_allclose([stats[each] for each in ("q1", "med", "q3", "whislo", "whishi")], shown[0][4:9])


def test_small_marks_on_a_surface_keep_their_colour_on_paper():
    figure = plots.landscape(
        np.array([[1.4, 0.7], [-0.2, 1.6]]), np.eye(2), np.eye(2), {"way": np.array([[-1, -1], [0, 0]])}, names=["a", "b"]
    )
    still = Image.open(io.BytesIO(plot_still.png(json.loads(figure.to_json())))).convert("RGB")
    wanted = [int(PALETTE["key"][i : i + 2], 16) for i in (1, 3, 5)]
    assert np.abs(np.array(still, dtype=int) - wanted).sum(axis=-1).min() <= 6


def test_numbers_in_bytes_are_read():
    array = np.arange(6, dtype="<f4").reshape(2, 3)
    packed = {"dtype": "f4", "bdata": base64.b64encode(array.tobytes()).decode(), "shape": "2, 3"}
    np.testing.assert_array_equal(plot_still.column(packed), array)


def test_the_page_knows_the_colours_of_the_figures():
    script = f"""import {{ dressed }} from "{(ROOT / "site/plots/dress.js").as_uri()}";
      const given = {json.dumps([*PALETTE.values(), *POTENTIAL_RAMP, "#123456"])};
      const figure = {{ data: given.map((color) => ({{ line: {{ color }} }})) }};
      console.log(JSON.stringify(dressed(figure, {{ letter: 12, colour: (name) => name }}).data.map((trace) => trace.line.color)));"""
    made = subprocess.run([find("node"), "--input-type=module", "-e", script], capture_output=True, encoding="utf8", check=True, timeout=60)
    assert json.loads(made.stdout) == [*PALETTE, "ground-low", "ground-high", "#123456"]


def test_the_stand_in_of_a_page_holds_what_plotly_holds():
    path = ROOT / "site/python/guest/plotly/graph_objects.py"
    spec = importlib.util.spec_from_file_location("stand_in", path)
    stand_in = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(stand_in)

    def made(go):
        figure = go.Figure(go.Scatter3d(x=[0.0, 1.5], y=[0, 1], z=[1, 0], line_color="#0072B2", marker={"size": 3}))
        figure.add_trace(go.Scatter3d(x=[0, 1], y=[1, 1], z=[0, 0], mode="lines"))
        figure.update_traces(marker_symbol="square", line={"width": 2})
        figure.update_layout(scene_xaxis_title="first", meta={"alt": WORDS}, scene={"yaxis": {"title": "second"}})
        figure.layout.scene.camera.eye = {"x": 1, "y": 0, "z": 0}
        held = json.loads(json.dumps(figure.to_plotly_json()))
        held["layout"].pop("template", None)
        return held

    assert made(stand_in) == made(plotly.graph_objects)
    assert stand_in.Figure(stand_in.Scatter(y=np.array([1, np.nan]))).to_plotly_json()["data"] == [{"type": "scatter", "y": [1.0, None]}]


def colours(page):
    """Of the ways on the landscape, and of the page."""
    return page.evaluate("""() => {
      const place = document.querySelector('.td-figure .td-plot'), style = getComputedStyle(document.documentElement);
      const now = (name) => style.getPropertyValue(`--td-${name}`).trim();
      return [place.data.filter(t => t.mode === 'lines').map(t => t.line.color), ['query', 'force', 'value'].map(now), place.layout.font.color, now('ink')];
    }""")


def test_a_figure_comes_when_it_is_reached_wears_the_theme_and_turns(visit, address):
    page = visit(f"{address}/{CHAPTER}", height=700)
    if not page.evaluate("Boolean(document.createElement('canvas').getContext('webgl'))"):
        pytest.skip("this browser has no WebGL")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.Plotly === undefined")
    place = page.locator(".td-figure .td-plot")
    place.scroll_into_view_if_needed()
    still = page.locator(".td-figure .td-still img")
    assert len(still.get_attribute("alt")) > book_plots.SHORTEST
    page.wait_for_selector(".td-figure .td-plot[data-drawn]", timeout=SLOW)
    assert not still.is_visible()
    drawn, wanted, letters, ink = colours(page)
    assert (drawn, letters) == (wanted, ink)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(
        "before => document.querySelector('.td-figure .td-plot').data[1].line.color !== before", arg=drawn[0], timeout=SLOW
    )
    dark, wanted, letters, ink = colours(page)
    assert (dark, letters) == (wanted, ink) and dark != drawn
    eye = "document.querySelector('.td-figure .td-plot')._fullLayout.scene._scene.getCamera().eye"
    before = page.evaluate(eye)
    place.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"x => {eye}.x !== x", arg=before["x"], timeout=SLOW)
    turned = page.evaluate(eye)
    assert np.degrees(np.arctan2(turned["y"], turned["x"]) - np.arctan2(before["y"], before["x"])) == pytest.approx(10, abs=0.1)
    page.wait_for_timeout(800)  # for some 200 ms after its camera was set, plotly heeds no hand
    box = place.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(1, 6):
        page.mouse.move(x + 16 * i, y)
        page.wait_for_timeout(50)
    page.mouse.up()
    page.wait_for_function(f"x => {eye}.x !== x", arg=turned["x"], timeout=SLOW)
    page.emulate_media(media="print")
    assert still.is_visible() and not place.is_visible()


def test_without_a_script_the_still_stands_there(visit, address):
    page = visit(f"{address}/{CHAPTER}", java_script_enabled=False)
    still = page.locator(".td-figure .td-still img")
    still.scroll_into_view_if_needed()
    assert still.is_visible() and page.locator(".td-figure .td-plot").count() == 0
