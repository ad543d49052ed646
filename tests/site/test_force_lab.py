"""Force lab on the built page, as a reader meets it: hands, keys, numbers, bad input."""

import json

import numpy as np
import pytest
from widget_page import Finger, WidgetPage, centre

import tokendynamics as td
from tokendynamics.widgets import ForceLab
from tokendynamics.widgets.force_lab import STORY


class Lab(WidgetPage):
    def __init__(self, page):
        super().__init__(page, "force-lab", skip=False)

    def token(self, index):
        return self.root.locator(".td-token").nth(index)


@pytest.fixture
def lab(visit, desk):
    return Lab(visit(f"{desk('force-lab')}#force-lab=v2.identity"))


SLIDERS = [f"{matrix} {part}" for matrix in "QKV" for part in ("angle", "stretch", "shear")] + ["β", "Step of Play"]


def test_every_slider_changes_the_state_and_the_picture(lab):
    for label in SLIDERS:
        before, drawn = lab.state(), lab.picture()
        lab.control(label).focus()
        for _ in range(3):
            lab.page.keyboard.press("ArrowRight")
        lab.settle()
        after = lab.state()
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {{"β": "scale", "Step of Play": "step"}.get(label, label[0])}, label
        if label != "Step of Play":
            assert lab.picture() != drawn, label


WRITE_DOWN = """() => {
  window.__steps = "";
  for (const step of ["beginPath", "moveTo", "lineTo", "closePath"]) {
    const draw = CanvasRenderingContext2D.prototype[step];
    CanvasRenderingContext2D.prototype[step] = function (...given) { window.__steps += step[0]; return draw.apply(this, given); };
  }
}"""


def test_each_ring_of_a_level_line_begins_by_itself(visit, desk):
    """A line from the end of one ring to the next would cross other levels."""
    lab = Lab(visit(f"{desk('force-lab')}#force-lab=v2.identity;selected=1"))
    lab.page.evaluate(WRITE_DOWN)
    lab.slide("K angle", 30)
    steps = lab.page.evaluate("window.__steps")
    assert "cm" in steps  # a level of several rings
    assert "cl" not in steps and "bl" not in steps


def test_sliders_and_numbers_are_one_matrix(lab):
    lab.control("V angle").fill("90")
    lab.settle()
    np.testing.assert_allclose(lab.state()["V"], [[0, -1], [1, 0]], atol=1e-12)
    assert lab.control("V row 1 column 2").input_value() == "−1.00"
    lab.control("V row 1 column 1").fill("2")
    lab.control("V row 1 column 1").press("Enter")
    lab.control("V row 2 column 1").fill("0")
    lab.control("V row 2 column 1").press("Tab")
    lab.settle()
    assert lab.state()["V"] == [[2, -1], [0, 0]]
    assert lab.control("V stretch").input_value() == "2"
    assert lab.control("V angle").input_value() == "0"


@pytest.mark.parametrize("typed, value", {"１，５": 1.5, "−２": -2, "– 0,25": -0.25, "1/4": 0.25, "½": 0.5, "1,5 ": 1.5}.items())
def test_numbers_are_read_as_people_type_them(lab, typed, value):
    lab.type("V row 1 column 1", typed)
    assert lab.state()["V"][0][0] == value and not lab.notices()


@pytest.mark.parametrize("typed", ["1,000", "１，０００", "1 1/2", "1 0", "五"])
def test_numbers_that_can_mean_two_or_none_are_told(lab, typed):
    lab.type("V row 1 column 1", typed)
    assert lab.state()["V"][0][0] == 1 and f"“{typed}”" in lab.notices() and "The matrix keeps 1.00." in lab.notices()


@pytest.mark.parametrize("preset", ["identity", "turning", "repelling", "singular", "article"])
@pytest.mark.parametrize("include_self", [False, True])
def test_readouts_are_numpys(lab, preset, include_self):
    lab.control("Preset").select_option(preset)
    lab.control("β").fill("1.3")
    if include_self:
        lab.control("Include self: the token attends to itself too").check()
    lab.token(1).focus()
    lab.page.keyboard.press("Enter")
    lab.panel("laws")
    now = lab.state()
    assert (now["selected"], now["scale"], now["include_self"]) == (1, 1.3, include_self)
    tokens, Q, K, V = (np.array(now[name]) for name in ("tokens", "Q", "K", "V"))
    options = {"scale": 1.3, "include_self": include_self}
    weights = td.attention_weights(tokens, Q, K, **options)[1]
    for k, weight in enumerate(weights):
        assert lab.read(f"attention-{k}") == pytest.approx(weight, rel=1e-10, abs=1e-15)
    content = td.content(tokens, Q, K, V, **options)
    assert lab.read("potential") == pytest.approx(td.potential(tokens, Q, K, **options)[1], rel=1e-10)
    assert lab.read("third-law") == pytest.approx(np.linalg.norm(content.sum(axis=0)), rel=1e-10)
    assert lab.read("gradient-error") < 1e-8
    condition = np.linalg.cond(Q.T @ K)
    missed = np.linalg.norm(td.knowledge(Q, K, V) @ td.force(tokens, Q, K, **options)[1] / 1.3 - content[1])
    assert lab.read("motion-error") == pytest.approx(missed, rel=1e-9, abs=1e-9)
    if preset == "singular":
        assert lab.read("condition") == np.inf
        assert missed > 0.1
        assert "cannot be inverted" in lab.notices()
    else:
        assert lab.read("condition") == pytest.approx(condition, rel=1e-9)
    if include_self:
        own = 1.3 * weights[1] * np.linalg.norm(K.T @ Q @ tokens[1])
        assert lab.read("self-term") == pytest.approx(own, rel=1e-6, abs=1e-8)
        assert lab.read("self-formula") == pytest.approx(own, rel=1e-10, abs=1e-14)


def test_a_token_is_dragged_and_only_that_one(lab):
    before, drawn = lab.state(), lab.picture()
    lab.token(1).scroll_into_view_if_needed()
    x, y = centre(lab.token(1).locator(".td-dot"))
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    lab.page.mouse.move(x - 70, y + 50, steps=8)
    lab.page.mouse.up()
    lab.settle()
    after = lab.state()
    assert after["tokens"][1] != before["tokens"][1]
    assert after["selected"] == before["selected"]
    after["tokens"][1] = before["tokens"][1]
    assert after == before
    assert lab.picture() != drawn
    new_x, new_y = centre(lab.token(1).locator(".td-dot"))
    assert (new_x - x, new_y - y) == (pytest.approx(-70, abs=1.5), pytest.approx(50, abs=1.5))


def test_keyboard_alone_suffices(lab):
    """Select, move, add, name, remove, slide, play, stop and reset without a pointer."""
    lab.choose("Preset", "identity")
    start = lab.state()
    lab.page.evaluate(f"document.querySelector('{lab.selector} .td-token').focus()")
    lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("Enter")
    assert lab.state()["selected"] == 1
    for key, axis, sign in (("ArrowRight", 0, 1), ("ArrowLeft", 0, -1), ("ArrowUp", 1, 1), ("ArrowDown", 1, -1)):
        was = lab.state()["tokens"][1][axis]
        lab.page.keyboard.press(key)
        assert lab.state()["tokens"][1][axis] == pytest.approx(was + sign * 0.1)
    lab.page.keyboard.press("Shift+ArrowUp")
    assert lab.state()["tokens"][1][1] == pytest.approx(start["tokens"][1][1] + 0.5)
    for name in ("Add token", "One layer"):
        lab.button(name).focus()
        lab.page.keyboard.press("Enter")
    assert len(lab.state()["tokens"]) == len(start["tokens"]) + 1
    lab.control("Name of the selected token").fill("dog")
    lab.page.keyboard.press("Tab")
    assert lab.state()["names"][1] == "dog"
    lab.page.evaluate(f"document.querySelectorAll('{lab.selector} .td-token')[1].focus()")
    lab.page.keyboard.press("Delete")
    assert "dog" not in lab.state()["names"]
    lab.button("Reset").focus()
    lab.page.keyboard.press("Space")
    assert lab.state() == start


def test_one_layer_is_equation_14(lab):
    lab.control("Preset").select_option("article")
    before = {name: np.array(value) for name, value in lab.state().items() if name in "tokens Q K V".split()}
    lab.press("One layer")
    np.testing.assert_allclose(lab.state()["tokens"], td.update(**before), rtol=1e-12)


def test_play_moves_and_pause_stops(lab):
    lab.control("Preset").select_option("turning")
    before = lab.state()["tokens"]
    lab.press("Play")
    lab.page.wait_for_timeout(400)
    lab.press("Pause")
    stopped = lab.state()["tokens"]
    assert stopped != before
    lab.page.wait_for_timeout(200)
    assert lab.state()["tokens"] == stopped


@pytest.mark.parametrize("remedy", ["Hold them on a circle", "Back to the start"])
def test_tokens_that_run_away_are_stopped_and_said_with_remedies(lab, remedy):
    lab.choose("Preset", "identity")
    start = lab.state()
    lab.slide("Step of Play", 1)
    lab.press("Play")
    lab.page.wait_for_selector(f"{lab.selector} .td-notice[data-kind=warning]:visible")
    assert "run away" in lab.notices()
    far = np.abs(lab.state()["tokens"]).max()
    assert 30 < far < 100, "they are stopped while they can still be told apart"
    lab.button("Play").wait_for()
    lab.press(remedy)
    after = lab.state()
    assert lab.notices() == "" and after["tokens"] == start["tokens"]
    assert after["norm"] == ("sphere" if remedy.startswith("Hold") else None)


def test_tokens_that_have_met_are_stopped_and_turned_apart(lab):
    lab.choose("Preset", "dance")
    lab.slide("V angle", 0)
    lab.slide("Step of Play", 0.5)
    start = lab.state()["tokens"]
    lab.press("Play")
    lab.page.wait_for_selector(f"{lab.selector} .td-notice[data-kind=warning]:visible")
    assert "met in one place" in lab.notices()
    lab.press("Turn V by 120° and start again")
    assert lab.state()["tokens"] == start and lab.control("V angle").input_value() == "120"


@pytest.mark.parametrize("norm, length", [("sphere", 1), ("layernorm", np.sqrt(2))])
def test_a_norm_is_that_of_the_stack(lab, norm, length):
    lab.choose("Preset", "article")
    lab.choose("Norm", norm)
    before = lab.state()
    lab.press("One layer")
    head = [np.array(before[name]) for name in "QKV"]
    np.testing.assert_allclose(lab.state()["tokens"], td.trajectories(before["tokens"], [head], norm=norm)[1], rtol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(lab.state()["tokens"], axis=1), length)


@pytest.mark.parametrize("matrix", "QKV")
def test_a_matrix_is_taken_by_its_columns_by_hand_and_by_keys(lab, matrix):
    lab.choose("Preset", "article")
    lab.panel(matrix)
    before = lab.state()
    tips = lab.root.locator(".td-hand-of")
    assert tips.count() == 2
    x, y = centre(tips.nth(1).locator(".td-tip"))
    size = lab.root.locator(".td-plane").bounding_box()["width"]
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    lab.page.mouse.move(x + 20, y - 30, steps=5)
    shown = lab.root.locator(".td-felt.td-on").get_attribute("data-matrix")
    lab.page.mouse.up()
    lab.settle()
    after = lab.state()
    assert shown == matrix, "what it does is in the picture while it is moved"
    per = 6 / size  # units a pixel: the plane shows −3 to 3
    moved = np.array(after[matrix]) - np.array(before[matrix])
    np.testing.assert_allclose(moved, [[0, 20 * per], [0, 30 * per]], atol=0.02)
    assert {name for name in after if after[name] != before[name]} == {matrix}
    tips.nth(0).focus()
    lab.page.keyboard.press("ArrowRight")
    lab.settle()
    assert lab.state()[matrix][0][0] == pytest.approx(after[matrix][0][0] + 0.1, abs=0.006)
    assert lab.control(f"{matrix} row 1 column 1").input_value() == f"{lab.state()[matrix][0][0]:.2f}".replace("-", "−")
    lab.panel("motion")
    assert tips.count() == 0


def test_what_a_matrix_does_fades_when_the_hand_lets_go(lab):
    lab.panel("V")
    x, y = centre(lab.control("V angle"))
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    assert lab.root.locator(".td-felt.td-on").count() == 1
    lab.page.wait_for_timeout(900)
    assert lab.root.locator(".td-felt.td-on").count() == 1, "as long as it is held"
    lab.page.mouse.up()
    lab.page.wait_for_function("() => !document.querySelector('[data-widget=force-lab] .td-felt.td-on')")


MOVES = """async root => {
  const canvas = root.querySelector('.td-flow');
  const shot = () => canvas.toDataURL();
  const before = shot();
  await new Promise(done => setTimeout(done, 600));
  return [before !== shot(), canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(v => v > 0)];
}"""


@pytest.mark.parametrize("still", [False, True])
def test_the_front_page_opens_on_motion_unless_motion_is_unwelcome(visit, address, still):
    lab = Lab(visit(f"{address}/index.html", reduced_motion="reduce" if still else "no-preference"))
    before = lab.state()
    assert lab.root.evaluate(MOVES) == [not still, not still]
    assert lab.state() == before, "nothing is changed before anything is pressed"
    assert lab.control("V angle").is_visible(), "what to try first is there"
    assert lab.root.locator(".td-field path").count() == int(still), "where no specks drift, arrows stand"


def test_out_of_sight_nothing_drifts(visit, address):
    lab = Lab(visit(f"{address}/index.html"))
    lab.page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
    lab.page.wait_for_timeout(200)
    assert lab.root.evaluate(MOVES)[0] is False


def test_a_story_goes_forward_back_by_keys_and_undoes_and_a_link_carries_its_step(visit, desk):
    lab = Lab(visit(desk("force-lab"), reduced_motion="reduce", permissions=["clipboard-read", "clipboard-write"]))
    first, words = lab.state(), lab.root.locator(".td-story p")
    lab.press(f"A story in {len(STORY)} steps")
    for number, step in enumerate(STORY, 1):
        assert words.inner_text() == f"{number} of {len(STORY)}. {step['say']}"
        wanted = ForceLab.from_link(f"#force-lab={step['link']}").state()
        now = lab.state()
        kept = {"tokens", "flow", "trails"} if step.get("play") else {"flow", "trails"}
        assert {k: v for k, v in now.items() if k not in kept} == {k: v for k, v in wanted.items() if k not in kept}
        assert lab.root.locator(f"[role=tab][data-panel={step['panel']}]").get_attribute("aria-selected") == "true"
        if number == 5:
            link = lab.copied("Copy link")
        if number < len(STORY):
            lab.button("Next").focus()
            lab.page.keyboard.press("ArrowRight")
            lab.settle()
    lab.button("Back").click()
    assert words.inner_text().startswith("8 of 9.")
    for _ in range(len(STORY) + 1):
        lab.root.locator(".td-story").get_by_role("button", name="Undo").click()
        lab.settle()
    assert lab.state() == first
    other = Lab(visit(link))
    assert other.root.locator(".td-story p").inner_text().startswith("5 of 9.")
    other.press("End")
    assert not other.root.locator(".td-story").is_visible()


def test_fewest_and_most_tokens(lab):
    for _ in range(30):
        lab.button("Add token").click()
    assert len(lab.state()["tokens"]) == 24
    assert "24" in lab.notices()
    lab.settle()
    for _ in range(30):
        lab.button("Remove token").click()
    now = lab.state()
    assert len(now["tokens"]) == len(now["names"]) == 2
    assert now["selected"] in (0, 1)
    assert "2 tokens" in lab.notices()


@pytest.mark.parametrize("typed, said", [("abc", "not a number"), ("", "not a number"), ("1e9", "out of range"), ("NaN", "not a number")])
def test_nonsense_in_a_cell_is_told_beside_it(lab, typed, said):
    before = lab.state()
    cell = lab.control("Q row 1 column 2")
    cell.fill(typed)
    cell.press("Enter")
    assert said in lab.notices()
    assert cell.get_attribute("aria-invalid") == "true"
    described = cell.get_attribute("aria-describedby")
    assert said in lab.page.locator(f"#{described}").inner_text()
    assert lab.state() == before
    cell.fill("0,5")
    cell.press("Enter")
    lab.settle()
    assert lab.state()["Q"][0][1] == 0.5
    assert lab.notices() == ""


def test_overflow_keeps_the_last_good_state(lab):
    lab.control("Q row 1 column 1").fill("1e6")
    lab.control("Q row 1 column 1").press("Enter")
    kept = lab.state()
    lab.page.evaluate(f"""() => {{
      const root = document.querySelector('{lab.selector}');
      const state = root.widgetState();
      state.Q = [[1e200, 0], [0, 1e200]]; state.K = state.Q;
      location.hash = 'force-lab=v1.' + btoa(JSON.stringify(state)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
    }}""")
    lab.page.wait_for_selector(f"{lab.selector} .td-notice:visible")
    assert "last good state is kept" in lab.notices()
    assert lab.state() == kept


def test_the_plane_stands_on_a_phones_first_screen(visit, address):
    assert Lab(visit(f"{address}/index.html", width=360, height=800)).root.locator(".td-plane").bounding_box()["y"] < 800


@pytest.mark.parametrize("width, height", [(390, 844), (360, 640)])
def test_on_a_phones_first_screen_a_thumb_turns_v_and_the_motion_answers(visit, address, width, height):
    """No scroll, no press before: V's tip is there, a finger takes it, and the arrow of the motion goes another way."""
    lab = Lab(visit(f"{address}/index.html", width=width, height=height, has_touch=True, is_mobile=True))
    motion = lambda: lab.root.locator(".td-arrow-motion").get_attribute("d")
    x, y = centre(lab.root.locator(".td-hand-of .td-tip").first)
    assert 0 < y < height, "in sight"
    before, seen = lab.state(), motion()
    Finger(lab.page).drag((x, y), (x + 60, y + 20))
    lab.page.wait_for_function(
        "([root, was]) => JSON.stringify(root.widgetState().V) !== was",
        arg=[lab.root.element_handle(), json.dumps(before["V"], separators=(",", ":"))],
    )
    lab.settle()
    assert [name for name, value in lab.state().items() if value != before[name]] == ["V"]
    assert motion() != seen
    assert lab.page.evaluate("scrollY") == 0
