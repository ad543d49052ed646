"""What every widget of the book must do, for each of them; what only one of them does stands in a file of its own."""

import json

import pytest
from weekly import FEW, part_of
from widget_page import KINDS, PICTURES, PLACES, Finger, centre, link, met

COPY = ["clipboard-read", "clipboard-write"]
LONGEST = "the owners of Savannah did ask Lincoln why the great match for Florence that Savannah did never see was lovely ."
# What a hand does, as methods of a WidgetPage with what they are given.
ACT = {  # one act, and what of the state it changes, to what
    "force-lab": (("slide", "V angle", 90), ["V"]),
    "encyclopedia": (("slide", "V angle", 45), ["V"]),
    "trajectories": (("at", 30), ["layer"]),
    "gravity-and-attention": (("at", 30), ["time"]),
    "heads-and-tasks": (("press", "All off"), ["off"]),
    "emergence-lab": (("choose", "Metric", "log_probability"), ["metric"]),
    "sweeps": (("choose", "Sweep", "superposition"), ["sweep"]),
    "real-trajectories": (("at", 6), ["layer"]),
}
SLIDER = {  # a slider, a value, the trait that holds it
    "force-lab": ("β", 2, "scale"),
    "encyclopedia": ("ridge", 0.25, "ridge"),
    "trajectories": ("β", 2, "scale"),
    "gravity-and-attention": ("β", 2, "scale"),
    "heads-and-tasks": ("Q turn", 12, "turns"),
    "emergence-lab": ("Steps", 400, "steps"),
    "sweeps": ("n answers in a row", 2, "length"),
    "real-trajectories": ("Layer 0", 3, "layer"),
}
JOURNEYS = [  # states to be copied
    ("force-lab", ("choose", "Preset", "article"), ("slide", "β", 2.2), ("slide", "K shear", 0.7), ("press", "One layer")),
    ("force-lab", ("choose", "Preset", "repelling"), ("toggle", "Include self: the token attends to itself too")),
    ("encyclopedia", ("choose", "Preset", "ridge"), ("slide", "V shear", 0.7)),
    ("encyclopedia", ("choose", "Preset", "lost")),
    ("trajectories", ("choose", "Preset", "drawn"), ("choose", "Method", "rk4"), ("slide", "Tilt", 55), ("slide", "Tokens", 5), ("at", 9)),
    ("gravity-and-attention", ("choose", "Preset", "sun"), ("choose", "Attention", "inertia"), ("slide", "Friction", 0.5), ("at", 31)),
    ("heads-and-tasks", ("choose", "Preset", "no-class"), ("slide", "V turn", 12), ("click", ".td-word", 4)),
    ("heads-and-tasks", ("choose", "Preset", "random-query"), ("toggle", "Layer 1 Head 1")),
    ("emergence-lab", ("choose", "Preset", "deep"), ("slide", "Steps", 300), ("press", "Another seed")),
    ("sweeps", ("choose", "Sweep", "depth"), ("choose", "Measure", "induction"), ("choose", "Pick out", "4")),
    ("real-trajectories", ("choose", "Word", "palm"), ("choose", "Projection", "common"), ("choose", "Show", "all"), ("choose", "Head", "5"),
     ("choose", "Beside it", "none"), ("click", ".td-sentences input", 4), ("at", 3)),
]  # fmt: skip
VIEWS = {  # what else a reader may have in sight, one after another
    "encyclopedia": [("panel", "capacity")],
    "heads-and-tasks": [("type", "or your own", LONGEST)],
    "emergence-lab": [("choose", "Preset", "few"), ("choose", "Preset", "deep")],
    "sweeps": [("choose", "Sweep", "phase"), ("choose", "Sweep", "depth")],
}
BROKEN = ["v1.e30x", "v9.e30", "v1." + "A" * 30, "", "v1.W10", "v1.bnVsbA", "v1.NQ", "v1.%%%"]
STAYS = ("force-lab", "heads-and-tasks")  # where the words about a broken link outlast a slide
FAR = [[1e200, 0, 0], [0, 1, 0], [0, 0, 1]]
IMPOSSIBLE = {  # what a link may not hold, and what is said of it
    "force-lab": [({"tokens": [[1, 2]], "names": ["a"]}, "tokens must be 2 to 24 rows")],
    "encyclopedia": [
        ({"sigma": [1, -1]}, "sigma must be two finite numbers of at least 0"),
        ({"names": ["a"]}, "names must be 6 words"),
        ({"tokens": []}, "tokens must be 1 to 12 rows"),
        ({"V": [[1e308, 1e308], [1e308, 1e308]]}, "too large for float64"),
        ({"section": "cover"}, "section must be"),
    ],
    "trajectories": [
        ({"tokens": [[1, 2]]}, "tokens must be 3 to 64 rows"),
        ({"tokens": [[1, 2, 3, 4]] * 5}, "2 or 3 columns"),
        ({"tokens": [[1, 2], [3, 4], [5, 6]]}, "Q must be 2 rows of 2 finite numbers"),
        ({"selected": 99}, "selected must be the number of a token"),
        ({"layer": 99}, "layer must be a number from 0 to"),
        ({"layers": 2.5}, "layers must be a whole number"),
        ({"scale": -1}, "scale (β) must be"),
        ({"step": 0}, "step must be"),
        ({"method": "leap"}, "method must be one of"),
        ({"norm": "cube"}, "norm must be"),
        ({"weights": 1}, "weights must be"),
        ({"seed": -2}, "seed must be"),
        ({"causal": "no"}, "causal must be true or false"),
        ({"turn": [1]}, "turn must be two"),
        ({"Q": FAR, "K": FAR}, "finite"),
    ],
    "gravity-and-attention": [
        ({"bodies": [[1, 2]]}, "bodies must be 2 to 64"),
        ({"masses": [1, 0]}, "masses must be 2 finite numbers above 0"),
        ({"selected": 7}, "selected must be"),
        ({"time": 999}, "time must be a number from 0 to"),
        ({"steps": 500}, "steps must be a whole number"),
        ({"step": 0}, "step must be a finite number of at least 0.001"),
        ({"softening": -1}, "softening must be"),
        ({"scale": "much"}, "scale (β) must be"),
        ({"gravity": "einstein"}, "gravity must be one of"),
        ({"attention": None}, "attention must be one of"),
        ({"trails": 1}, "trails must be"),
        ({"V": [[1]]}, "V must be two rows"),
        ({"bodies": [[2e6, 0], [0, 1]]}, "within 10⁶"),
    ],
    "heads-and-tasks": [
        ({"sentence": "the zebra ."}, "'zebra' is not"),
        ({"token": 40}, "token must be the index"),
        ({"off": [[3, 0]]}, "off must name heads"),
        ({"head": 1}, "head must name heads"),
        ({"instead": "half"}, "instead must be one of"),
        ({"turns": [0, 0]}, "turns must have shape"),
        ({"stretches": [1, -1, 1]}, "stretches must be from 0 to 1000"),
        ({"seed": 1.5}, "seed must be a whole number"),
        ({"stretches": [1, 1, 1e300]}, "stretches must be from 0 to 1000"),
    ],
    "emergence-lab": [
        ({"heads": 1e9}, "heads must be"),
        ({"task": "<script>"}, "task must be"),
        ({"d": 10}, "d must be one of"),
        ({"heads": 8, "d": 12}, "heads must divide d = 12"),
        ({"decay": -1}, "decay must be"),
        ({"decay": "much"}, "decay must be"),
    ],
    "sweeps": [
        ({"sweep": "deep"}, "sweep must be one of heads"),
        ({"metric": "taste"}, "metric must be one of all_right"),
        ({"length": 9.5}, "length must be a whole number"),
        ({"seed": 12}, "seed must be a whole number"),
        ({"diagram": "yes"}, "diagram must be true or false"),
    ],
    "real-trajectories": [
        ({"word": "ghost"}, "word must be one of light"),
        ({"layer": 9}, "layer must be a number from 0 to 6"),
        ({"layer": "deep"}, "layer must be a number"),
        ({"shown": [999]}, "shown must be a list of sentences"),
        ({"components": [1, 4]}, "components must be [1, 2]"),
        ({"basis": "best"}, "basis must be"),
        ({"tokens": 3}, "tokens must be"),
        ({"trails": "yes"}, "trails must be true or false"),
        ({"dimensions": 4}, "dimensions must be 2 or 3"),
        ({"turn": [0, 90]}, "turn must be [turn, tilt] in degrees"),
        ({"compared": [0, 1, 2]}, "compared must be one or two sentences"),
        ({"head": 0}, "head must be a whole number from 1 to 12"),
        ({"sentences": [""]}, "sentences must be a list of up to 3 texts"),
        ({"senses": ["A"]}, "senses must be a sense for each sentence"),
        ({"anchors": ["lamp"]}, "anchors must be two words"),
        ({"basis": "anchors"}, 'basis "anchors" needs sentences of your own'),
        ({"bent": [7, 1]}, "bent must be [layer, head], to 6 and 12"),
        ({"beta": 9}, "beta must be"),
        ({"gain": "off"}, "gain must be"),
        ({"value": "lost"}, "value must be learned, law, random"),
        ({"without": "all"}, "without must be nothing, heads, mlp, both"),
    ],
}
WHOLE = ("encyclopedia", "heads-and-tasks")  # a bad value stands among good ones in the link, not alone
REACHED = {  # what Tab comes by
    "force-lab": "β|Play|One layer|Reset|Add token|Remove token|Copy link|Copy Python",
    "encyclopedia": "Preset|Copy link|Copy Python|Q angle|noise|Rank",
    "trajectories": "Preset|Reset|Trails|Play|β|Copy link|Copy Python|Token|Layer 0|Space|Norm|Method|Weights|Tokens|Step|Layers|Turn|Tilt|Seed|"
    "Draw again|V row 3 column 3",
    "gravity-and-attention": "Preset|Reset|Trails|Play|β|Copy link|Copy Python|Body|Gravity|Attention|Step 0|Bodies|Steps|Time of a step|"
    "Spin at the start|G|Softening ε|Mass of the selected",
    "heads-and-tasks": "Preset|As learned|Another random matrix|Copy link|Copy Python",
    "emergence-lab": "Preset|Train|Reset|Seed|Copy link|Copy Python",
    "sweeps": "Sweep|Measure|Pick out|As a diagram of both|Reset|n answers in a row|Line|Copy link",
    "real-trajectories": "Word|Show|Projection|Picture|Directions|Trails|Head|Sentence|Beside it|Play|Layer 0|Reset|Copy link|Copy Python|"
    "Sentence 1|Sense of the word in sentence 1|Sentence 3|Examples|Run these now|Question",
}
WAITING = [  # where a widget asks first, and what would give the answer away
    ("chapters/01_tokens_as_particles", "force-lab", ["button:text-is('Play')", "button:text-is('One layer')", ".td-arrows path"]),
    ("chapters/02_encyclopedia", "encyclopedia", [".td-space-content .td-arrows path", ".td-readouts", "[data-readout=residual]"]),
    ("chapters/03_trajectories", "trajectories", ["button:text-is('Play')", ".td-time input", ".td-meters .td-lines"]),
    ("chapters/03_trajectories", "gravity-and-attention", ["button:text-is('Play')", ".td-time input", ".td-meters .td-lines"]),
    ("chapters/04_many_heads", "heads-and-tasks", [".td-switches input", ".td-tables", "button:text-is('All off')"]),
    ("chapters/05_emergence", "emergence-lab", ["button:text-is('Train')", ".td-diagram"]),
    ("chapters/06_real_model", "real-trajectories", ["button:text-is('Play')", ".td-charts"]),
]
STILLS = {
    "trajectories": "through 32 layers: energy ln E",
    "gravity-and-attention": "bodies under gravity and under attention at step",
    "real-trajectories": "The word “light” in 6 of its sentences (glow or not heavy) at layer 6",
}
CLOCKS = {"trajectories": "layer", "gravity-and-attention": "time", "real-trajectories": "layer"}
HELD = [  # what a finger takes hold of: widget, its places one a pane, the trait
    ("force-lab", ".td-plane", "tokens"),
    ("encyclopedia", ".td-space-index", "tokens"),
    ("encyclopedia", ".td-space-content", "tokens"),
    ("trajectories", ".td-stage", "tokens"),
    ("gravity-and-attention", ".td-pane-gravity", "bodies"),
    ("gravity-and-attention", ".td-pane-attention", "bodies"),
]
PHONE = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}
NTH = {"encyclopedia": 4}  # the question lies on its first
LANDSCAPE = PHONE | {"width": 740, "height": 360}
# Every control of a widget with the size of what a finger may hit: its own box, a box to tick joined with its labels.
SMALL = """root => {
  root.querySelectorAll("details").forEach(details => (details.open = true));
  const size = control => {
    const boxes = [control, ...(/checkbox|radio/.test(control.type) ? control.labels : [])].map(e => e.getBoundingClientRect()).filter(b => b.width > 1);
    const low = f => Math.min(...boxes.map(f)), high = f => Math.max(...boxes.map(f));
    return [high(b => b.right) - low(b => b.left), high(b => b.bottom) - low(b => b.top)];
  };
  const seen = [...root.querySelectorAll("button, select, input, summary, a[href]")].filter(e => e.getClientRects().length);
  const found = seen.map(e => ({ name: e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent, size: size(e) }));
  return [found.length, found.filter(({ size: [w, h] }) => h < 44 || w < 44)];
}"""
BEYOND = """root => [...root.querySelectorAll('*')].filter(e => e.offsetParent && !e.closest('svg') && !e.classList.contains('td-hidden')
  && !e.closest('.td-scroll, .td-waits, .td-plot, table') && e.getBoundingClientRect().right > root.getBoundingClientRect().right + 0.5).map(e => e.outerHTML.slice(0, 80))"""

FIRST = {}  # {view: state}
each = pytest.mark.parametrize("view", PLACES)
few = pytest.mark.parametrize("view", part_of(PLACES, FEW))


@pytest.fixture
def opened(visit, desk):
    """opened(view, fragment, …) is a widget on its page, past its question."""
    return lambda view, fragment="", **device: met(visit(desk(view) + fragment, **device), view)


@pytest.fixture
def first(opened):
    """first(view) is the state of a widget as its page brings it, looked at once."""

    def state(view):
        if view not in FIRST:
            FIRST[view] = opened(view).state()
        return FIRST[view]

    return state


def panels(widget):
    """Opens one panel after the other."""
    for tab in widget.root.get_by_role("tab").all():
        tab.evaluate("tab => tab.click()")
        widget.settle()
        yield


def do(widget, *acts):
    for act, *given in acts:
        getattr(widget, act)(*given)


@pytest.mark.parametrize("dark", part_of([False, True], [False]))
@few
def test_it_lives_from_a_folder(visit, book, view, dark):
    widget = met(visit((book / f"{PLACES[view]}.html").as_uri(), dark=dark), view)
    (act, names), before, drawn = ACT[view], widget.state(), widget.picture()
    answers = widget.root.locator("div.td-now").all_inner_texts()
    do(widget, act)
    assert [name for name, value in widget.state().items() if value != before[name]] == names
    assert widget.picture() != drawn
    assert not answers or widget.root.locator("div.td-now").all_inner_texts() != answers


@pytest.mark.parametrize("view, acts", [(view, acts) for view, *acts in part_of(JOURNEYS, JOURNEYS[::2])])
def test_copy_link_and_copy_python_restore_the_state(opened, visit, view, acts):
    widget, kind = opened(view, permissions=COPY), KINDS[view]
    first = widget.state()
    do(widget, *acts)
    made = widget.state()
    assert made != first
    assert eval(widget.copied("Copy Python"), {kind.__name__: kind}).state() == made
    copied = widget.copied("Copy link")
    assert len(copied) < 800
    assert kind.from_link(copied).state() == made
    assert met(visit(copied), view).state() == made


IN_SIGHT = "(e) => { const { top, bottom } = e.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; }"


@each
def test_a_broken_link_is_told_and_the_widget_works(opened, first, view):
    """The first is met on opening the page, the others on the way: both come by one reader of links."""
    label, value, name = SLIDER[view]
    before, widget = first(view), opened(view, f"#{view}={BROKEN[0]}")
    for broken in BROKEN if view in FEW[:1] else part_of(BROKEN, BROKEN[:1]):
        if broken != BROKEN[0]:
            widget.press("Reset")
            assert "link" not in widget.notices().lower(), broken
            widget.page.goto(f"{widget.page.url.split('#')[0]}#{view}={broken}")
            widget.settle()
        assert "link" in widget.notices().lower(), broken
        assert widget.root.locator(".td-notice:visible").first.evaluate(IN_SIGHT), broken
        assert widget.state() == before
        widget.slide(label, value)
        now = widget.state()
        assert now[name] != before[name] and now == before | {name: now[name]}, broken
        assert view in STAYS or "link" not in widget.notices().lower(), broken


@each
def test_an_impossible_link_is_refused_in_words(opened, first, view):
    fresh = first(view)
    rest = KINDS[view]().state() if view in WHOLE else {}
    links = [(link(view, rest | state), said) for state, said in IMPOSSIBLE[view]]
    widget = opened(view, links[0][0])  # the first is met on opening the page, the others on the way
    for fragment, said in links:
        widget.page.goto(widget.page.url.split("#")[0] + fragment)
        widget.settle()
        assert said in widget.notices() and "last good state is kept" in widget.notices(), said
        assert widget.state() == fresh, said


@each
def test_keyboard_alone_suffices(opened, view):
    """Tab comes by every control of every panel, keys move a slider, Reset brings the first state back; how keys move tokens is tested with each widget."""
    widget = opened(view)
    page, start, wanted = widget.page, widget.state(), REACHED[view].split("|")
    reached = set()
    for _ in panels(widget):
        widget.root.evaluate("""root => [...root.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
          .find(e => e.checkVisibility() && !e.disabled).focus()""")
        reached |= {name.strip() for name in widget.tabbed(60)}
    assert not set(wanted) - reached, set(wanted) - reached
    label, _, name = SLIDER[view]
    slider = widget.control(label).element_handle()
    slider.focus()
    was = widget.state()[name]
    page.keyboard.press("ArrowLeft" if slider.evaluate("slider => slider.value === slider.max") else "ArrowRight")
    widget.settle()
    assert widget.state()[name] != was
    widget.button("Reset").focus()
    page.keyboard.press("Space")
    widget.settle()
    assert widget.state() == start


@each
def test_it_follows_the_theme(opened, view):
    # light is the browser's wish here; the reader chooses dark
    widget = opened(view)
    inks = lambda: widget.root.evaluate(
        """root => [root, ...root.querySelectorAll("*")].map(e => (s => [s.backgroundColor, s.color, s.fill, s.stroke].join())(getComputedStyle(e))).join("\\n")"""
    )
    canvases = lambda: widget.root.locator(f"{PICTURES[view]} canvas").evaluate_all("all => all.map(canvas => canvas.toDataURL())")
    light, drawn = inks(), canvases()
    widget.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    widget.settle()
    assert inks() != light
    assert (canvases() != drawn) == (view in ("force-lab", "trajectories", "gravity-and-attention"))


@each
def test_it_fits_a_phone_and_any_window(opened, view):
    widget = opened(view, width=360, height=800)
    for act in (None, *VIEWS.get(view, [])):
        do(widget, *filter(None, [act]))
        for width, theme in ((360, "light"), (768, "light"), (360, "dark")):
            widget.page.set_viewport_size({"width": width, "height": 800})
            widget.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            widget.settle()
            widget.settle()
            widget.fits(width)
            assert widget.root.evaluate(BEYOND) == []


@pytest.mark.parametrize("view, words", STILLS.items())
def test_the_still_says_the_same_in_words(book, view, words):
    assert words in (book / f"{PLACES[view]}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("chapter, view, waiting", part_of(WAITING, WAITING[::2]), ids=lambda part: part if isinstance(part, str) else "")
def test_what_gives_the_answer_away_waits(visit, address, chapter, view, waiting):
    widget = met(visit(f"{address}/{chapter}.html"), view, skip=False)
    widget.root.scroll_into_view_if_needed()
    widget.settle()
    shown = lambda selector: widget.reached(widget.root.locator(selector)).first.evaluate(
        "e => e.checkVisibility({ visibilityProperty: true })"
    )
    assert not any(map(shown, waiting))
    widget.press("Show me without a guess")
    assert all(map(shown, waiting)), [each for each in waiting if not shown(each)]
    said = widget.root.locator(".td-predict").inner_text()
    assert "What happens: " in said and "The answer that tempts is " in said


@pytest.mark.parametrize("view, name", CLOCKS.items())
def test_play_runs_to_the_end_and_pause_stops(opened, view, name):
    widget = opened(view)
    end = float(widget.clock().get_attribute("max"))
    start = end * 2 // 3
    widget.at(start)
    widget.press("Play")
    widget.page.wait_for_timeout(500)
    widget.press("Pause")
    stopped = widget.state()[name]
    assert start < stopped < end and widget.read(name) == stopped
    widget.page.wait_for_timeout(200)
    assert widget.state()[name] == stopped
    widget.press("Play")
    widget.button("Play").wait_for(timeout=8000)
    assert widget.state()[name] == end
    widget.press("Play")  # from the end it starts again
    assert widget.state()[name] < end / 3
    widget.press("Pause")


@pytest.mark.parametrize("view, name", CLOCKS.items())
def test_play_goes_by_whole_steps_where_motion_is_unwelcome(opened, view, name):
    widget = opened(view, reduced_motion="reduce")
    widget.press("Play")
    seen = set()
    for _ in range(12):
        widget.page.wait_for_timeout(120)
        seen.add(widget.state()[name])
    if widget.button("Pause").is_visible():
        widget.press("Pause")
    assert len(seen) > 1 and all(time == int(time) for time in seen)


@few
def test_no_motion_where_it_is_unwelcome(opened, view):
    moving = opened(view, reduced_motion="reduce").page.evaluate(
        """() => [...document.querySelectorAll("*")].map(e => [e, getComputedStyle(e)])
             .filter(([, style]) => parseFloat(style.transitionDuration) > 0 || (style.animationName !== "none" && parseFloat(style.animationDuration) > 0))
             .map(([e]) => e.outerHTML.slice(0, 90))"""
    )
    assert moving == []


@pytest.mark.parametrize("dark", part_of([False, True], [False]))
@few
def test_the_focus_is_seen_on_every_kind_of_control(opened, view, dark):
    """Tab goes on from one control to the next, and each draws an outline or a ring of at least 2 px."""
    kinds = opened(view, dark=dark).root.evaluate(
        """root => {
          for (const fold of root.querySelectorAll("details")) fold.open = true;
          const seen = new Set(), bare = [], kind = e => `${e.tagName} ${e.type ?? ""} ${e.getAttribute("class") ?? ""}`;
          for (const tab of root.querySelectorAll("[role=tab]")) {
            tab.click();
            for (const e of root.querySelectorAll("button, select, input, summary, a[href], [tabindex='0']")) {
              if (!e.getClientRects().length || e.disabled || seen.has(kind(e))) continue;
              seen.add(kind(e));
              e.focus({ focusVisible: true });
              const rings = [e, ...e.querySelectorAll("*")].map(one => getComputedStyle(one));
              const drawn = rings.some(s => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || (s.stroke !== "none" && parseFloat(s.strokeWidth) >= 2.5));
              if (document.activeElement !== e || !drawn) bare.push(kind(e));
            }
          }
          return [seen.size, bare];
        }"""
    )
    assert kinds[0] >= 4 and kinds[1] == []


@pytest.mark.parametrize("view", sorted({view for view, *_ in HELD}))
def test_a_drag_is_said_once_it_rests_and_not_at_every_frame(opened, view):
    widget = opened(view)
    page, root = widget.page, widget.root
    token = root.locator(".td-token:not(.td-behind)").nth(1)
    token.evaluate("token => token.scrollIntoView({ block: 'center' })")  # clear of the bar at the top
    root.evaluate(
        """root => {
          root.said = [];
          const region = e => e.closest("[aria-live=polite], [role=status]");
          new MutationObserver(list => list.forEach(({ target }) => {
            const where = target.nodeType === 1 ? target : target.parentElement;
            if (where && region(where) && region(where).textContent.trim()) root.said.push(region(where).textContent);
          })).observe(root, { childList: true, characterData: true, subtree: true });
        }"""
    )
    x, y = centre(token.locator(".td-target"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 45, y + 30, steps=30)
    page.mouse.up()
    page.wait_for_function("root => root.said.length > 0", arg=root.element_handle())
    assert len(root.evaluate("root => root.said")) <= 4


@each
def test_every_control_is_large_enough_for_a_finger_and_two_are_left_to_the_page(opened, view):
    """44 px each way. Only a token keeps the page from zooming."""
    widget = opened(view, **PHONE)
    for act in (None, *VIEWS.get(view, [])):
        do(widget, *filter(None, [act]))
        found = [widget.root.evaluate(SMALL) for _ in panels(widget)]
        assert max(controls for controls, _ in found) >= 8
        assert not any(small for _, small in found), "\n".join(json.dumps(each) for _, small in found for each in small)
        kept = widget.root.evaluate(
            """root => [...root.querySelectorAll("*")].filter(e => !e.closest(".td-token"))
                 .map(e => getComputedStyle(e).touchAction).filter(action => !/auto|manipulation|pinch-zoom/.test(action))"""
        )
        assert kept == []


@pytest.mark.parametrize("device", part_of([PHONE, LANDSCAPE], [PHONE]), ids=part_of(["upright", "on its side"], ["upright"]))
@pytest.mark.parametrize("view, pane, name", HELD)
def test_a_finger_on_a_token_drags_it_alone_and_beside_it_scrolls_the_page(opened, view, pane, name, device):
    widget = opened(view, **device)
    page, plane = widget.page, widget.root.locator(f"{pane} .td-plane, {pane}.td-plane").first
    page.evaluate("e => scrollTo(0, scrollY + e.getBoundingClientRect().top - 60)", plane.element_handle())
    finger = Finger(page)
    place, scrolled = centre(plane.locator(".td-token:not(.td-behind) .td-target").nth(NTH.get(view, 0))), page.evaluate("scrollY")
    before = widget.state()[name]
    towards = 1 if place[1] < device["height"] / 2 else -1
    finger.drag(place, (place[0] + 10, place[1] + 60 * towards))
    moved = lambda: [k for k, was in enumerate(before) if widget.state()[name][k] != was]
    page.wait_for_function("([root, name, was]) => JSON.stringify(root.widgetState()[name]) !== was",
                           arg=[widget.root.element_handle(), name, json.dumps(before, separators=(",", ":"))])  # fmt: skip
    widget.settle()
    assert len(moved()) == 1
    assert page.evaluate("scrollY") == scrolled
    box = plane.bounding_box()
    free = (box["x"] + 4, min(box["y"] + box["height"], device["height"]) - 20)
    state = widget.state()
    finger.drag(free, (free[0], free[1] - 120))
    page.wait_for_function("was => scrollY > was + 40", arg=scrolled)
    assert widget.state() == state
