"""Emergence lab as a reader meets it, on a page of its own under the book's policy: it trains, pauses, compares, and says what went wrong."""

import pytest
from node import Node
from widget_page import WidgetPage, alone

from tokendynamics.widgets import EmergenceLab


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


@pytest.mark.parametrize(
    "state",
    [{"heads": 2, "roles": 3, "steps": 60}, {"heads": 4, "roles": 4, "steps": 40, "count": 64, "streams": 2, "seed": 5},
     {"task": "pairs", "heads": 2, "layers": 2, "steps": 10, "rate": 0.003}],
)  # fmt: skip
def test_training_gives_the_engines_numbers(lab_of, state):
    it = lab_of(**state)
    it.press("Train")
    trained(it)
    config = {key: value for key, value in EmergenceLab(**state).state().items() if key not in ("metric", "length")}
    node = Node()
    try:
        last = node.call("emergence_lab/engine", "last_record", {**config, "every": 20})
    finally:
        node.close()
    assert it.read("step") == state["steps"]
    assert it.read("accuracy") == pytest.approx(last["accuracy"])
    assert it.read("log-probability") == pytest.approx(last["log_probability"])
    assert it.read("all-right") == pytest.approx(last["all_right"][-1])
    cells = it.root.locator(".td-matrices .td-shares:visible tbody td").all_inner_texts()
    wanted = last["matrix"] if "matrix" in last else [*last["previous"], *last["induction"]]
    assert [float(cell) for cell in cells] == pytest.approx([round(x, 2) for row in wanted for x in row], abs=0.006)


def test_learning_happens_before_the_readers_eyes(lab_of):
    it = lab_of(heads=4, roles=4, steps=800)
    it.press("Train")
    it.page.wait_for_function("() => Number(document.querySelector('[data-readout=step]').dataset.value) >= 40")
    early, drawn = it.read("accuracy"), it.picture()
    trained(it)
    assert it.read("accuracy") > 0.9 > early and it.picture() != drawn
    assert it.root.locator(".td-matrices .td-strong").count() == 4, "each head has a role"


def test_pause_step_resume(lab_of):
    it = lab_of(steps=2000)
    it.press("Train")
    it.page.wait_for_function("() => Number(document.querySelector('[data-readout=step]').dataset.value) >= 20")
    it.press("Pause")
    it.page.wait_for_timeout(300)
    at = it.read("step")
    it.page.wait_for_timeout(500)
    assert it.read("step") == at < 2000
    it.press("Step")
    it.page.wait_for_function(f"() => Number(document.querySelector('[data-readout=step]').dataset.value) > {at}")
    it.page.wait_for_timeout(400)
    assert it.read("step") == at + 20
    it.press("Resume")
    it.page.wait_for_function(f"() => Number(document.querySelector('[data-readout=step]').dataset.value) > {at + 40}")
    it.press("Clear runs")
    assert it.root.locator("[data-readout=step]").get_attribute("data-value") is None
    assert it.root.locator(".td-runs li").count() == 0


def test_four_runs_side_by_side_and_the_oldest_gives_way(lab_of):
    it = lab_of(steps=10)
    for seed in range(5):
        it.control("Seed").fill(str(seed))
        it.control("Seed").press("Enter")
        it.press("Train")
        trained(it)
    runs = it.root.locator(".td-runs li").all_inner_texts()
    assert [run.split("seed ")[1] for run in runs] == ["1", "2", "3", "4"]
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
    it.page.wait_for_function("() => Number(document.querySelector('[data-readout=step]').dataset.value) >= 20")
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
                               ("Heads", "8", "heads"), ("Roles", "6", "roles"), ("Attention", "2", "streams"),
                               ("Sentences to learn from", "128", "count"), ("Metric", "all_right", "metric")]:  # fmt: skip
        before = it.state()
        it.control(label).select_option(value)
        it.settle()
        assert it.state()[name] != before[name], label
    for label, name in [("Steps", "steps"), ("Learning rate, power of ten", "rate"), ("n, answers that must be right", "length")]:
        before = it.state()
        it.control(label).focus()
        it.page.keyboard.press("ArrowRight")
        it.settle()
        assert it.state()[name] > before[name], label
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
    for metric in ("accuracy", "log_probability", "all_right"):
        it.control("Metric").select_option(metric)
        it.settle()
        pictures.add(it.picture())
    it.control("n, answers that must be right").fill("4")
    it.settle()
    assert len({*pictures, it.picture()}) == 4


def test_divergence_is_told_and_stops(lab_of):
    it = lab_of(rate=10.0, steps=1000)
    it.press("Train")
    trained(it)
    assert "diverged and stopped" in it.notices() and it.read("step") < 1000
    assert it.button("Train").is_visible()
    it.control("Learning rate, power of ten").fill("-2.3")
    it.press("Train")
    it.page.wait_for_function("() => Number(document.querySelector('[data-readout=step]').dataset.value) >= 20")
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
