"""Emergence lab as a reader meets it, on a page of its own under the book's policy: it trains, pauses, compares, and says what went wrong."""

import csv
import io
import re
import time

import numpy as np
import pytest
from node import Node
from test_save import column, saved
from weekly import part_of, seldom
from widget_page import WidgetPage, alone

from tokendynamics.widgets import EmergenceLab

RUNS = [{"heads": 2, "steps": 60}, {"task": "pairs", "layers": 2, "d": 8, "rate": 0.003, "steps": 60}]


@pytest.fixture
def page_of(tmp_path):
    """page_of(**state) writes a page of the widget's own; gives its folder."""
    return lambda **state: alone(tmp_path, EmergenceLab(**state))


@pytest.fixture
def lab_of(page_of, serve, visit):
    def opened(link="", width=1000, dark=False, **state):
        page = visit(f"{serve(page_of(**state))}/index.html{link}", width=width, dark=dark)
        return WidgetPage(page, "emergence-lab")

    return opened


def trained(it, timeout=60_000):
    """Wait until the run has ended."""
    it.page.wait_for_function("() => document.querySelector('[data-readout=seconds]').dataset.value !== undefined", timeout=timeout)
    it.settle()


def until_step(it, step):
    it.page.wait_for_function(f"() => Number(document.querySelector('[data-readout=step]').dataset.value) >= {step}")


def stands(it):
    """The step at which a run stands still."""
    it.page.wait_for_timeout(300)
    at = it.read("step")
    it.page.wait_for_timeout(500)
    assert it.read("step") == at
    return at


def by_the_engine(state, on=()):
    """The last record of the same run, trained on to each number of steps of `on`."""
    lab = EmergenceLab(**state)
    config = {name: value for name, value in lab.state().items() if name not in ("metric", "length")}
    own = {"roles": (24, 0), "pairs": (32, 0.01)}[lab.task]
    config |= {name: value for name, value in zip(("d", "decay"), own) if config[name] is None}
    node = Node()
    try:
        return node.call("emergence_lab/engine", "last_record", {**config, "every": 20}, list(on))
    finally:
        node.close()


@pytest.mark.parametrize(
    "state",
    [{"heads": 2, "roles": 3, "steps": 60}, {"heads": 4, "roles": 4, "steps": 40, "count": 64, "streams": 2, "seed": 5},
     {"heads": 3, "steps": 20, "d": 12, "decay": 2.0}, {"task": "pairs", "heads": 2, "layers": 2, "steps": 10, "rate": 0.003},
     {"task": "pairs", "layers": 1, "steps": 20, "rate": 0.003, "d": 8, "decay": 0.0}],
)  # fmt: skip
def test_training_gives_the_engines_numbers(lab_of, state):
    it = lab_of(**state)
    it.press("Train")
    trained(it)
    last = by_the_engine(state)
    assert it.read("step") == state["steps"]
    assert it.read("accuracy") == pytest.approx(last["accuracy"])
    assert it.read("log-probability") == pytest.approx(last["log_probability"])
    assert it.read("all-right") == pytest.approx(last["all_right"][-1])
    cells = it.root.locator(".td-matrices .td-shares:visible tbody td").all_inner_texts()
    wanted = last["matrix"] if "matrix" in last else [*last["previous"], *last["induction"]]
    assert [float(cell) for cell in cells] == pytest.approx([round(x, 2) for row in wanted for x in row], abs=0.006)
    rows = list(csv.reader(io.StringIO(saved(it, "CSV").decode(), newline="")))
    ends = {row[3]: float(row[4]) for row in rows if row[0] == "curve" and row[2] == str(state["steps"])}
    assert ends["accuracy"] == pytest.approx(last["accuracy"]) and ends["loss"] == it.read("loss")
    shares = [x for what in ("heads × roles", "previous token", "induction") for x in column(rows, what)]
    assert shares == pytest.approx(np.ravel(wanted).tolist())


def test_learning_happens_before_the_readers_eyes(lab_of):
    it = lab_of(heads=4, roles=4, steps=800)
    it.press("Train")
    until_step(it, 40)
    early, drawn = it.read("accuracy"), it.picture()
    trained(it)
    assert it.read("accuracy") > 0.9 > early and it.picture() != drawn
    assert it.root.locator(".td-matrices .td-strong").count() == 4, "each head has a role"


def test_pause_step_resume(lab_of):
    it = lab_of(steps=2000)
    it.press("Train")
    until_step(it, 20)
    it.press("Pause")
    at = stands(it)
    assert at < 2000
    it.press("Step")
    until_step(it, at + 1)
    it.page.wait_for_timeout(400)
    assert it.read("step") == at + 20
    it.press("Resume")
    until_step(it, at + 41)
    it.press("Clear runs")
    assert it.root.locator("[data-readout=step]").get_attribute("data-value") is None
    assert it.root.locator(".td-runs li").count() == 0


def goes_on(it):
    """Press Train on, once a press no longer means Stop, and wait for the end."""
    it.page.wait_for_timeout(600)
    it.press("Train on")
    trained(it)


@pytest.mark.parametrize("state", part_of(RUNS, RUNS[:1]))
def test_a_run_that_has_ended_is_trained_on_and_is_then_the_longer_run(lab_of, state):
    it = lab_of(**state)
    assert it.button("Train on").is_disabled()
    it.press("Train")
    trained(it)
    short = it.read("log-probability")
    goes_on(it)
    assert it.state()["steps"] == it.read("step") == 120
    assert it.read("log-probability") == pytest.approx(by_the_engine(state, on=[120])["log_probability"]) != short
    it.slide("Steps", 200)
    goes_on(it)
    assert it.read("step") == 200 and it.root.locator(".td-runs li").count() == 1
    assert it.read("log-probability") == pytest.approx(by_the_engine(state | {"steps": 200})["log_probability"])
    it.press("Another seed")
    assert it.button("Train on").is_disabled(), "what is chosen is another run"


def test_stop_keeps_the_run_and_train_on_goes_on_with_it(lab_of):
    it = lab_of(heads=2, steps=400)
    it.press("Train")
    until_step(it, 20)
    it.press("Stop")
    assert stands(it) < 400 and it.button("Train").is_visible()
    assert it.root.locator(".td-diagram .td-mine").count() == 0, "a run that was stopped has no place there"
    goes_on(it)
    assert it.read("step") == 400
    assert it.read("log-probability") == pytest.approx(by_the_engine({"heads": 2, "steps": 400})["log_probability"])
    it.press("Train")
    it.press("Stop")  # perhaps before it has begun
    assert it.button("Train").is_visible()


def test_widths_are_those_that_the_heads_divide_and_the_parameters_are_counted(lab_of):
    it = lab_of(heads=4, d=8)
    widths = lambda: it.control("Width d").locator("option").all_inner_texts()
    assert widths() == ["8", "12", "24", "48", "96"] and it.read("parameters") == 1712
    it.choose("Heads", "3")
    assert widths() == ["12", "24", "48", "96"] and it.state()["d"] is None and it.read("parameters") == 6416
    it.choose("Width d", "48")
    assert it.state()["d"] == 48 and "17,312 parameters" in it.root.locator(".td-next").inner_text()
    it.choose("Task", "pairs")
    assert widths() == ["8", "16", "32", "64"] and it.state()["d"] is None
    it.slide("Steps", 100)
    it.choose("Width d", "8")
    it.press("Train")
    trained(it)
    (run,) = it.root.locator(".td-runs li").all_inner_texts()
    assert "width 8" in run and "1,088 parameters" in run


def test_the_time_of_a_long_run_is_told_before_it_and_while_it_lasts(lab_of):
    it = lab_of(heads=1, steps=300)
    said = it.root.locator(".td-next")
    assert "about" not in said.inner_text()
    it.slide("Steps", 8000)
    seconds = lambda text: int(re.search(r"about (\d+) (?:s|min)", text)[1])
    eight = seconds(said.inner_text())
    it.slide("Steps", 4000)
    assert 0.3 * eight < seconds(said.inner_text()) < 0.7 * eight
    it.press("Train")
    until_step(it, 400)
    assert re.fullmatch(r"Run 1: about \d+ (s|min) left", said.inner_text())
    it.press("Clear runs")


def test_a_preset_leaves_no_width_and_no_decay_of_another_behind(lab_of):
    it = lab_of()
    it.choose("Preset", "grok")
    assert it.state() == EmergenceLab.preset("grok").state() and it.state()["decay"] == 1
    it.choose("Preset", "narrow")
    assert it.state()["d"] == 8 and it.state()["decay"] is None
    it.choose("Preset", "enough")
    assert it.state() == EmergenceLab.preset("enough").state()


def test_four_runs_side_by_side_and_the_oldest_gives_way(lab_of):
    it = lab_of(steps=10)
    for seed in range(5):
        it.control("Seed").fill(str(seed))
        it.control("Seed").press("Enter")
        it.press("Train")
        trained(it)
    runs = it.root.locator(".td-runs li").all_inner_texts()
    assert [run.split("seed ")[1].split(":")[0] for run in runs] == ["1", "2", "3", "4"]
    assert it.root.locator("path.td-run").count() == 4


def test_names_of_runs_that_end_alike_stand_apart(lab_of):
    it = lab_of(steps=10)
    for _ in range(4):
        it.press("Train")
        trained(it)
    heights = sorted(
        it.root.locator(".td-curves .td-names text").evaluate_all("texts => texts.map(text => Number(text.getAttribute('y')))")
    )
    height = it.root.locator(".td-curves").bounding_box()["height"]
    assert all(below - above >= 14 for above, below in zip(heights, heights[1:])) and 0 < heights[0] and heights[-1] < height


def test_the_matrix_has_the_shape_that_is_chosen_and_the_last_run_of_that_shape(lab_of):
    it = lab_of(heads=2, roles=3, steps=20)
    shape = lambda: it.root.locator(".td-matrices .td-shares:visible").evaluate(
        "table => [table.tBodies[0].rows.length, table.tBodies[0].rows[0].cells.length - 1]"
    )
    caption = it.root.locator(".td-matrices caption").first
    assert shape() == [2, 3] and "untrained" in caption.inner_text()
    it.press("Train")
    trained(it)
    assert "run 1" in caption.inner_text() and it.read("step") == 20
    assert not it.root.locator(".td-next").is_visible()
    it.choose("Heads", "4")
    assert shape() == [4, 3] and "untrained" in caption.inner_text()
    assert it.root.locator("[data-readout=step]").get_attribute("data-value") is None, (
        "no number stands beside a matrix that is not its own"
    )
    assert "4 heads, 3 roles" in it.root.locator(".td-next").inner_text()
    it.choose("Heads", "2")
    assert shape() == [2, 3] and "run 1" in caption.inner_text() and it.read("step") == 20


def test_runs_land_on_the_shipped_diagram(lab_of):
    it = lab_of(heads=2, count=256)
    assert it.root.locator(".td-diagram .td-mine").count() == 0
    it.press("Train")
    trained(it)
    (mine,) = it.root.locator(".td-diagram .td-mine").all_inner_texts()
    assert mine.strip() == f"run 1: {it.read('all-right'):.2f}"
    row, column = it.root.locator(".td-diagram .td-mine").evaluate("e => [e.closest('tr').rowIndex, e.closest('td').cellIndex]")
    phase = EmergenceLab().phase
    assert (phase["heads"][row - 1], phase["counts"][column - 1]) == (2, 256)
    assert abs(it.read("all-right") - phase["all_right"][row - 1][column - 1]) < 0.15, "the page learns what numpy learns"
    it.control("Roles").select_option("3")
    it.press("Train")
    trained(it)
    assert it.root.locator(".td-diagram .td-mine").count() == 1, "three roles do not belong on a diagram of four"


def test_the_page_stays_smooth_while_it_trains(lab_of):
    it = lab_of(steps=3000)
    it.press("Train")
    until_step(it, 20)
    longest = it.page.evaluate(
        """() => new Promise(done => { let longest = 0, last = performance.now(), n = 0;
          const tick = () => { const now = performance.now(); longest = Math.max(longest, now - last); last = now; ++n < 40 ? requestAnimationFrame(tick) : done(longest); };
          requestAnimationFrame(tick); })"""
    )
    assert longest < 400, "a lesson runs in the page itself"  # milliseconds; benchmarks measure it finely
    it.press("Clear runs")


def test_every_control_changes_the_state(lab_of):
    it = lab_of()
    for label, value, name in [("Task", "pairs", "task"), ("Layers", "3", "layers"), ("Heads", "2", "heads"), ("Task", "roles", "task"),
                               ("Heads", "8", "heads"), ("Width d", "48", "d"), ("Roles", "6", "roles"), ("Attention", "2", "streams"),
                               ("Sentences to learn from", "128", "count"), ("Metric", "all_right", "metric")]:  # fmt: skip
        before = it.state()
        it.control(label).select_option(value)
        it.settle()
        assert it.state()[name] != before[name], label
    for label, name in [
        ("Steps", "steps"),
        ("Learning rate, power of ten", "rate"),
        ("Weight decay", "decay"),
        ("n, answers that must be right", "length"),
    ]:
        before = it.state()
        it.control(label).focus()
        it.page.keyboard.press("ArrowRight")
        it.settle()
        assert it.state()[name] > (before[name] or 0), label
    seed = it.state()["seed"]
    it.press("Another seed")
    assert it.state()["seed"] == seed + 1
    it.control("Preset").select_option("deep")
    assert it.state()["task"] == "pairs" and "two layers" in it.notices()
    it.press("Reset")
    assert it.state() == EmergenceLab().state()


def test_the_metric_changes_the_picture_of_the_same_run(lab_of):
    it = lab_of(steps=40)
    it.press("Train")
    trained(it)
    pictures = set()
    for metric in ("accuracy", "log_probability", "all_right", "both"):
        it.control("Metric").select_option(metric)
        it.settle()
        pictures.add(it.picture())
    chart = it.root.locator(".td-curves svg")
    assert chart.locator("path.td-run").count() == 2
    told = chart.get_attribute("aria-label")
    assert f"{it.read('accuracy'):.2f} at step 40" in told and f"{it.read('log-probability'):.2f}".replace("-", "−") in told
    heights = chart.locator("path.td-run").evaluate_all(
        "paths => paths.map(path => path.getBBox()).map(({ y, height }) => [y, y + height])"
    )
    assert heights[0][1] < heights[1][0], "one below the other"
    it.choose("Metric", "all_right")
    it.control("n, answers that must be right").fill("4")
    it.settle()
    assert len({*pictures, it.picture()}) == 5


def test_divergence_is_told_and_stops(lab_of):
    it = lab_of(rate=10.0, steps=1000)
    it.press("Train")
    trained(it)
    assert "diverged and stopped" in it.notices() and it.read("step") < 1000
    assert it.button("Train").is_visible()
    it.control("Learning rate, power of ten").fill("-2.3")
    it.press("Train")
    until_step(it, 20)
    assert "diverged" not in it.notices()


def test_nonsense_in_the_seed_is_told(lab_of):
    it = lab_of()
    for text in ("many", "1.5", "-3"):
        it.control("Seed").fill(text)
        it.control("Seed").press("Enter")
        it.settle()
        assert it.notices() and it.state()["seed"] == 1


def test_keyboard_alone_trains(lab_of):
    it = lab_of(steps=20)
    for _ in range(40):
        it.page.keyboard.press("Tab")
        if it.page.evaluate("document.activeElement.textContent") == "Train":
            break
    it.page.keyboard.press("Enter")
    trained(it)
    assert it.read("step") == 20


def test_it_trains_from_a_file(page_of, visit):
    it = WidgetPage(visit((page_of(steps=20) / "index.html").as_uri()), "emergence-lab")
    it.press("Train")
    trained(it)
    assert it.read("step") == 20


def test_without_workers_it_says_what_else_there_is(page_of, serve, visit):
    page = visit(f"{serve(page_of())}/index.html")
    page.evaluate("() => { window.Worker = class { constructor() { throw new Error('not here'); } }; }")
    it = WidgetPage(page, "emergence-lab")
    it.press("Train")
    assert "lab.train()" in it.notices()


@seldom  # each day test_other_browsers.py presses Train
def test_in_other_browsers_it_trains_and_trains_on(engine, page_of, serve):
    engine.goto(f"{serve(page_of(heads=2, steps=40))}/index.html")
    engine.wait("() => document.querySelector('[data-widget=emergence-lab][data-ready]') !== null")
    press = """name => {
      const button = [...document.querySelectorAll('.td-transport button')].find(each => each.textContent === name && !each.disabled);
      button?.click();
      return Boolean(button);
    }"""
    value = "name => document.querySelector(`[data-readout=${name}]`).dataset.value"
    assert engine.run(press, "Train")
    engine.wait(value, "seconds", seconds=60)
    assert float(engine.run(value, "step")) == 40
    time.sleep(0.6)  # until a press no longer means Stop
    engine.wait(press, "Train on")
    engine.wait("() => document.querySelector('[data-readout=step]').dataset.value === '80'", seconds=60)
    engine.wait(value, "seconds", seconds=60)
    wanted = by_the_engine({"heads": 2, "steps": 40}, on=[80])
    assert float(engine.run(value, "log-probability")) == pytest.approx(wanted["log_probability"], rel=1e-6)  # their exp is not quite V8's
