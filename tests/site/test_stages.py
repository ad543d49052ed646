"""What the two widgets with a stage do alike on the built page: keys, time where motion is unwelcome, links, themes, a phone."""

import pytest
from widget_page import Stage, link

from tokendynamics.widgets import GravityAndAttention, Trajectories

CHAPTER = "chapters/03_trajectories.html"
KINDS = {"trajectories": Trajectories, "gravity-and-attention": GravityAndAttention}
TIMES = {"trajectories": "layer", "gravity-and-attention": "time"}
MADE = {
    "trajectories": [("choose", "Preset", "drawn"), ("choose", "Method", "rk4"), ("slide", "Tilt", 55), ("slide", "Tokens", 5), ("at", 9)],
    "gravity-and-attention": [("choose", "Preset", "sun"), ("choose", "Attention", "inertia"), ("slide", "Friction", 0.5), ("at", 31)],
}
IN_BOTH = {"Preset", "Reset", "Trails", "Play", "β", "Copy link", "Copy Python"}
IN_ONE = {
    "trajectories": {
        "Token",
        "Layer 0",
        "Space",
        "Norm",
        "Method",
        "Weights",
        "Tokens",
        "Step",
        "Layers",
        "Turn",
        "Tilt",
        "Seed",
        "Draw again",
        "V row 3 column 3",
    },
    "gravity-and-attention": {
        "Body",
        "Gravity",
        "Attention",
        "Step 0",
        "Bodies",
        "Steps",
        "Time of a step",
        "Spin at the start",
        "G",
        "Softening ε",
        "Mass of the selected",
    },
}
FAR = [[1e200, 0, 0], [0, 1, 0], [0, 0, 1]]
BAD = {
    "trajectories": {
        "tokens must be 3 to 64 rows": {"tokens": [[1, 2]]},
        "2 or 3 columns": {"tokens": [[1, 2, 3, 4]] * 5},
        "Q must be 2 rows of 2 finite numbers": {"tokens": [[1, 2], [3, 4], [5, 6]]},
        "selected must be the number of a token": {"selected": 99},
        "layer must be a number from 0 to": {"layer": 99},
        "layers must be a whole number": {"layers": 2.5},
        "scale (β) must be": {"scale": -1},
        "step must be": {"step": 0},
        "method must be one of": {"method": "leap"},
        "norm must be": {"norm": "cube"},
        "weights must be": {"weights": 1},
        "seed must be": {"seed": -2},
        "causal must be true or false": {"causal": "no"},
        "turn must be two": {"turn": [1]},
        "finite": {"Q": FAR, "K": FAR},
    },
    "gravity-and-attention": {
        "bodies must be 2 to 64": {"bodies": [[1, 2]]},
        "masses must be 2 finite numbers above 0": {"masses": [1, 0]},
        "selected must be": {"selected": 7},
        "time must be a number from 0 to": {"time": 999},
        "steps must be a whole number": {"steps": 500},
        "step must be a finite number of at least 0.001": {"step": 0},
        "softening must be": {"softening": -1},
        "scale (β) must be": {"scale": "much"},
        "gravity must be one of": {"gravity": "einstein"},
        "attention must be one of": {"attention": None},
        "trails must be": {"trails": 1},
        "V must be two rows": {"V": [[1]]},
        "within 10⁶": {"bodies": [[2e6, 0], [0, 1]]},
    },
}


@pytest.fixture(params=KINDS, ids=lambda view: view.replace("-", "_"))
def view(request):
    return request.param


@pytest.fixture
def opened(visit, address, view):
    """opened(fragment, …) is the widget on its page."""
    return lambda fragment="", **device: Stage(visit(f"{address}/{CHAPTER}{fragment}", **device), view)


def test_play_goes_by_whole_steps_where_motion_is_unwelcome(opened, view):
    widget = opened(reduced_motion="reduce")
    widget.press("Play")
    seen = set()
    for _ in range(8):
        widget.page.wait_for_timeout(70)
        seen.add(widget.state()[TIMES[view]])
    widget.press("Pause")
    assert len(seen) > 1 and all(time == int(time) for time in seen)


def test_keyboard_alone_suffices(opened, view):
    """Tab comes by every control; how keys move the starts is tested with each widget."""
    widget = opened()
    start = widget.state()
    widget.control("Preset").focus()
    reached, wanted = widget.tabbed(70), IN_BOTH | IN_ONE[view]
    assert wanted <= reached, wanted - reached
    widget.root.locator(".td-token[tabindex='0']").first.focus()
    widget.page.keyboard.press("ArrowRight")
    widget.clock().focus()
    widget.page.keyboard.press("ArrowRight")
    assert widget.state()[TIMES[view]] == 1 and widget.state() != start | {TIMES[view]: 1}
    widget.button("Reset").focus()
    widget.page.keyboard.press("Space")
    widget.settle()
    assert widget.state() == start


def test_copy_link_and_copy_python_restore_the_state(opened, visit, view):
    widget, kind = opened(permissions=["clipboard-read", "clipboard-write"]), KINDS[view]
    for act, *given in MADE[view]:
        getattr(widget, act)(*given)
    made = widget.state()
    assert eval(widget.copied("Copy Python"), {kind.__name__: kind}).state() == made
    copied = widget.copied("Copy link")
    assert kind.from_link(copied).state() == made
    assert Stage(visit(copied), view).state() == made


def test_impossible_links_are_refused_in_words(opened, view):
    fresh = opened().state()
    links = {said: link(view, state) for said, state in BAD[view].items()}
    widget = opened(next(iter(links.values())))  # the first is met on opening the page, the others on the way
    for said, fragment in links.items():
        widget.page.goto(widget.page.url.split("#")[0] + fragment)
        widget.settle()
        assert said in widget.notices() and "last good state" in widget.notices(), said
        assert widget.state() == fresh, said


@pytest.mark.parametrize("broken", ["v1.e30x", "v9.e30", ""])
def test_a_broken_link_is_told_and_the_widget_works(opened, view, broken):
    widget = opened(f"#{view}={broken}")
    assert "link" in widget.notices().lower()
    widget.slide("β", 2)
    assert widget.state()["scale"] == 2


@pytest.mark.parametrize("dark", [False, True])
def test_it_lives_from_a_folder(visit, book, view, dark):
    widget = Stage(visit((book / CHAPTER).as_uri(), dark=dark), view)
    drawn = widget.picture()
    widget.at(30)
    assert widget.state()[TIMES[view]] == 30 and widget.picture() != drawn


def test_it_follows_the_theme(opened):
    widget = opened()
    light = widget.picture()
    widget.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    widget.settle()
    assert widget.picture() != light


def test_it_fits_a_phone(opened):
    widget = opened(width=360, height=800, has_touch=True, is_mobile=True)
    assert widget.page.evaluate("document.documentElement.scrollWidth") <= 360
    boxes = [each.bounding_box() for each in widget.root.locator(".td-stage, table").all()]
    assert boxes and all(box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)


@pytest.mark.parametrize("words", ["through 32 layers: energy ln E", "bodies under gravity and under attention at step"])
def test_the_stills_say_the_same_in_words(book, words):
    assert words in (book / CHAPTER).read_text(encoding="utf-8")
