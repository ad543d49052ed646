"""Force lab on the built page, as a reader meets it: hands, keys, numbers, links, bad input."""

import numpy as np
import pytest
from widget_page import link

import tokendynamics as td
from tokendynamics.widgets import ForceLab

ROOT = "[data-widget=force-lab]"


@pytest.fixture
def lab(visit, address):
    return opened(visit(f"{address}/index.html"))


def opened(page):
    page.wait_for_selector(f"{ROOT}[data-ready]")
    settle(page)
    return page


def settle(page):
    """Two frames: what was asked for is drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def root(page):
    return page.locator(ROOT).first


def state(page):
    return root(page).evaluate("root => root.widgetState()")


def control(page, label):
    return root(page).get_by_label(label, exact=True)


def press(page, name):
    root(page).get_by_role("button", name=name, exact=True).click()
    settle(page)


def read(page, name):
    return float(root(page).locator(f"[data-readout={name}]").get_attribute("data-value"))


def notices(page):
    return " ".join(root(page).locator(".td-notice:visible").all_inner_texts())


def picture(page):
    """The plane as it is drawn, canvas and arrows."""
    return root(page).locator(".td-plane").evaluate(
        "plane => plane.querySelector('canvas').toDataURL() + plane.querySelector('svg').innerHTML"
    )


def token(page, index):
    return root(page).locator(".td-token").nth(index)


def centre(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


SLIDERS = [f"{matrix} {part}" for matrix in "QKV" for part in ("angle", "stretch", "shear")] + ["β", "Step of Play"]


def test_every_slider_changes_the_state_and_the_picture(lab):
    for label in SLIDERS:
        before, drawn = state(lab), picture(lab)
        control(lab, label).focus()
        for _ in range(3):
            lab.keyboard.press("ArrowRight")
        settle(lab)
        after = state(lab)
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {{"β": "scale", "Step of Play": "step"}.get(label, label[0])}, label
        if label != "Step of Play":
            assert picture(lab) != drawn, label


def test_sliders_and_numbers_are_one_matrix(lab):
    control(lab, "V angle").fill("90")
    settle(lab)
    np.testing.assert_allclose(state(lab)["V"], [[0, -1], [1, 0]], atol=1e-12)
    assert control(lab, "V row 1 column 2").input_value() == "−1.00"
    control(lab, "V row 1 column 1").fill("2")
    control(lab, "V row 1 column 1").press("Enter")
    control(lab, "V row 2 column 1").fill("0")
    control(lab, "V row 2 column 1").press("Tab")
    settle(lab)
    assert state(lab)["V"] == [[2, -1], [0, 0]]
    assert control(lab, "V stretch").input_value() == "2"
    assert control(lab, "V angle").input_value() == "0"


@pytest.mark.parametrize("preset", ["identity", "turning", "repelling", "singular", "article"])
@pytest.mark.parametrize("include_self", [False, True])
def test_readouts_are_numpys(lab, preset, include_self):
    control(lab, "Preset").select_option(preset)
    control(lab, "β").fill("1.3")
    if include_self:
        control(lab, "Include self: the token attends to itself too").check()
    token(lab, 1).focus()
    lab.keyboard.press("Enter")
    settle(lab)
    now = state(lab)
    assert (now["selected"], now["scale"], now["include_self"]) == (1, 1.3, include_self)
    tokens, Q, K, V = (np.array(now[name]) for name in ("tokens", "Q", "K", "V"))
    options = {"scale": 1.3, "include_self": include_self}
    weights = td.attention_weights(tokens, Q, K, **options)[1]
    for k, weight in enumerate(weights):
        assert read(lab, f"attention-{k}") == pytest.approx(weight, rel=1e-10, abs=1e-15)
    content = td.content(tokens, Q, K, V, **options)
    assert read(lab, "potential") == pytest.approx(td.potential(tokens, Q, K, **options)[1], rel=1e-10)
    assert read(lab, "third-law") == pytest.approx(np.linalg.norm(content.sum(axis=0)), rel=1e-10)
    assert read(lab, "gradient-error") < 1e-8
    condition = np.linalg.cond(Q.T @ K)
    missed = np.linalg.norm(td.knowledge(Q, K, V) @ td.force(tokens, Q, K, **options)[1] / 1.3 - content[1])
    assert read(lab, "motion-error") == pytest.approx(missed, rel=1e-9, abs=1e-9)
    if preset == "singular":
        assert read(lab, "condition") == np.inf
        assert missed > 0.1
        assert "cannot be inverted" in notices(lab)
    else:
        assert read(lab, "condition") == pytest.approx(condition, rel=1e-9)
    if include_self:
        own = 1.3 * weights[1] * np.linalg.norm(K.T @ Q @ tokens[1])
        assert read(lab, "self-term") == pytest.approx(own, rel=1e-6, abs=1e-8)
        assert read(lab, "self-formula") == pytest.approx(own, rel=1e-10, abs=1e-14)


def test_a_token_is_dragged_and_only_that_one(lab):
    before, drawn = state(lab), picture(lab)
    token(lab, 1).scroll_into_view_if_needed()
    x, y = centre(token(lab, 1).locator(".td-dot"))
    lab.mouse.move(x, y)
    lab.mouse.down()
    lab.mouse.move(x - 70, y + 50, steps=8)
    lab.mouse.up()
    settle(lab)
    after = state(lab)
    assert after["tokens"][1] != before["tokens"][1]
    assert after["selected"] == before["selected"]
    after["tokens"][1] = before["tokens"][1]
    assert after == before
    assert picture(lab) != drawn
    new_x, new_y = centre(token(lab, 1).locator(".td-dot"))
    assert (new_x - x, new_y - y) == (pytest.approx(-70, abs=1.5), pytest.approx(50, abs=1.5))


def test_a_finger_drags_a_token_and_does_not_scroll_the_page(visit, address):
    page = opened(visit(f"{address}/index.html", width=360, height=800, has_touch=True, is_mobile=True))
    token(page, 1).scroll_into_view_if_needed()
    x, y = centre(token(page, 1).locator(".td-dot"))
    before, scrolled = state(page)["tokens"], page.evaluate("scrollY")
    finger = page.context.new_cdp_session(page)
    touch = lambda kind, *points: finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]})
    touch("touchStart", (x, y))
    for i in range(1, 7):
        touch("touchMove", (x - 5 * i, y + 6 * i))
    touch("touchEnd")
    settle(page)
    after = state(page)["tokens"]
    assert after[1] != before[1]
    assert after[0] == before[0]
    assert page.evaluate("scrollY") == scrolled


def test_keyboard_alone_suffices(lab):
    """Select, move, add, name, remove, slide, play, stop and reset without a pointer."""
    start = state(lab)
    lab.evaluate(f"document.querySelector('{ROOT} .td-token').focus()")
    lab.keyboard.press("Tab")
    lab.keyboard.press("Enter")
    assert state(lab)["selected"] == 1
    for key, axis, sign in (("ArrowRight", 0, 1), ("ArrowLeft", 0, -1), ("ArrowUp", 1, 1), ("ArrowDown", 1, -1)):
        was = state(lab)["tokens"][1][axis]
        lab.keyboard.press(key)
        assert state(lab)["tokens"][1][axis] == pytest.approx(was + sign * 0.1)
    lab.keyboard.press("Shift+ArrowUp")
    assert state(lab)["tokens"][1][1] == pytest.approx(start["tokens"][1][1] + 0.5)
    reached = set()
    for _ in range(60):
        lab.keyboard.press("Tab")
        reached.add(
            lab.evaluate("(e => e.closest('[data-widget]') && (e.innerText || e.getAttribute('aria-label') || e.labels?.[0]?.innerText))(document.activeElement)")
        )
    assert {"Play", "One layer", "Reset", "Add token", "Remove token", "Copy link", "Copy Python"} <= reached
    for name in ("Add token", "One layer"):
        root(lab).get_by_role("button", name=name, exact=True).focus()
        lab.keyboard.press("Enter")
    assert len(state(lab)["tokens"]) == len(start["tokens"]) + 1
    control(lab, "Name of the selected token").fill("dog")
    lab.keyboard.press("Tab")
    assert state(lab)["names"][1] == "dog"
    lab.evaluate(f"document.querySelectorAll('{ROOT} .td-token')[1].focus()")
    lab.keyboard.press("Delete")
    assert "dog" not in state(lab)["names"]
    root(lab).get_by_role("button", name="Reset", exact=True).focus()
    lab.keyboard.press("Space")
    assert state(lab) == start


def test_one_layer_is_equation_14(lab):
    control(lab, "Preset").select_option("article")
    before = {name: np.array(value) for name, value in state(lab).items() if name in "tokens Q K V".split()}
    press(lab, "One layer")
    np.testing.assert_allclose(state(lab)["tokens"], td.update(**before), rtol=1e-12)


def test_play_moves_and_pause_stops(lab):
    control(lab, "Preset").select_option("turning")
    before = state(lab)["tokens"]
    press(lab, "Play")
    lab.wait_for_timeout(400)
    press(lab, "Pause")
    stopped = state(lab)["tokens"]
    assert stopped != before
    lab.wait_for_timeout(200)
    assert state(lab)["tokens"] == stopped


def test_tokens_that_run_away_are_stopped_and_said(lab):
    control(lab, "V stretch").fill("3")
    control(lab, "Step of Play").fill("1")
    press(lab, "Play")
    lab.wait_for_selector(f"{ROOT} .td-notice:visible")
    assert "run away" in notices(lab)
    assert np.isfinite(state(lab)["tokens"]).all()
    root(lab).get_by_role("button", name="Play", exact=True).wait_for()


def test_fewest_and_most_tokens(lab):
    for _ in range(30):
        root(lab).get_by_role("button", name="Add token", exact=True).click()
    assert len(state(lab)["tokens"]) == 24
    assert "24" in notices(lab)
    settle(lab)
    for _ in range(30):
        root(lab).get_by_role("button", name="Remove token", exact=True).click()
    now = state(lab)
    assert len(now["tokens"]) == len(now["names"]) == 2
    assert now["selected"] in (0, 1)
    assert "2 tokens" in notices(lab)


@pytest.mark.parametrize("typed, said", [("abc", "not a number"), ("", "not a number"), ("1e9", "out of range"), ("NaN", "not a number")])
def test_nonsense_in_a_cell_is_told_beside_it(lab, typed, said):
    before = state(lab)
    cell = control(lab, "Q row 1 column 2")
    cell.fill(typed)
    cell.press("Enter")
    assert said in notices(lab)
    assert cell.get_attribute("aria-invalid") == "true"
    described = cell.get_attribute("aria-describedby")
    assert said in lab.locator(f"#{described}").inner_text()
    assert state(lab) == before
    cell.fill("0,5")
    cell.press("Enter")
    settle(lab)
    assert state(lab)["Q"][0][1] == 0.5
    assert notices(lab) == ""


def test_overflow_keeps_the_last_good_state(lab):
    control(lab, "Q row 1 column 1").fill("1e6")
    control(lab, "Q row 1 column 1").press("Enter")
    kept = state(lab)
    lab.evaluate(f"""() => {{
      const root = document.querySelector('{ROOT}');
      const state = root.widgetState();
      state.Q = [[1e200, 0], [0, 1e200]]; state.K = state.Q;
      location.hash = 'force-lab=v1.' + btoa(JSON.stringify(state)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
    }}""")
    lab.wait_for_selector(f"{ROOT} .td-notice:visible")
    assert "last good state is kept" in notices(lab)
    assert state(lab) == kept


def test_copy_link_restores_the_state_and_python_reads_it(visit, address):
    page = opened(visit(f"{address}/index.html", permissions=["clipboard-read", "clipboard-write"]))
    control(page, "Preset").select_option("article")
    control(page, "β").fill("2.2")
    control(page, "K shear").fill("0.7")
    press(page, "One layer")
    press(page, "Copy link")
    copied, made = page.evaluate("navigator.clipboard.readText()"), state(page)
    again = opened(visit(copied))
    assert state(again) == made
    assert ForceLab.from_link(copied).state() == made


def test_copy_python_makes_the_same_widget(visit, address):
    page = opened(visit(f"{address}/index.html", permissions=["clipboard-read", "clipboard-write"]))
    control(page, "Preset").select_option("repelling")
    control(page, "Include self: the token attends to itself too").check()
    page.get_by_role("button", name="Copy Python").first.click()
    line = page.evaluate("navigator.clipboard.readText()")
    assert eval(line, {"ForceLab": ForceLab}).state() == state(page)


@pytest.mark.parametrize("broken", ["force-lab=v1.e30x", "force-lab=v9.e30", "force-lab=v1." + "A" * 30, "force-lab="])
def test_a_broken_link_is_told_and_the_lab_works(visit, address, broken):
    page = opened(visit(f"{address}/index.html#{broken}"))
    assert "link" in notices(page).lower()
    before = state(page)
    control(page, "β").fill("2")
    assert state(page) == before | {"scale": 2}


def test_a_link_with_an_impossible_state_is_refused(visit, address):
    page = opened(visit(f"{address}/index.html" + link("force-lab", {"tokens": [[1, 2]], "names": ["a"]})))
    assert "tokens must be 2 to 24 rows" in notices(page)
    assert len(state(page)["tokens"]) >= 2


@pytest.mark.parametrize("dark", [False, True])
def test_it_lives_from_a_folder(visit, book, dark):
    page = opened(visit((book / "index.html").as_uri(), dark=dark))
    before, drawn = state(page), picture(page)
    control(page, "V angle").fill("45")
    settle(page)
    assert state(page)["V"] != before["V"]
    assert picture(page) != drawn


def test_it_follows_the_theme(lab):
    # light is the browser's wish here; the reader chooses dark
    light = picture(lab)
    lab.evaluate("document.documentElement.dataset.theme = 'dark'")
    settle(lab)
    assert picture(lab) != light


def test_it_fits_a_phone(visit, address):
    page = opened(visit(f"{address}/index.html", width=360, height=800))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    box = root(page).locator(".td-plane").bounding_box()
    assert box["y"] < 800 and box["x"] >= 0 and box["x"] + box["width"] <= 360
