"""Links that were copied once: each still means what it meant, on the page and in Python, and new ones are short and arrive whole.

`tests/data/old_links.json` only grows. The links of the second and third kind start from presets by name, so a preset keeps its state
for good: a change there fails here.
"""

import json
import re
from pathlib import Path

import pytest
from test_hostile_links import follow, follow_all, goes, it  # noqa: F401 (a fixture)
from weekly import part_of
from widget_page import PLACES, ROOT, WidgetPage

OLD = json.loads((Path(__file__).parents[1] / "data" / "old_links.json").read_text("utf8"))


def links(view):
    for entry in OLD:
        name, made = re.match(r"#([\w-]+?)(?:[.~][\w-]+)?=(.*)$", entry["link"]).groups()
        if name == view:
            yield made, entry["state"]


def part(state, of):
    """The parts of a state that a link was made with: a widget may have learned more since."""
    return {name: state[name] for name in of}


def test_old_links_of_all_kinds_are_kept_alive(it):  # noqa: F811
    found = list(links(it.view))
    assert {made[:2] for made, _ in found} == {"v1", "v2", "v3"}
    for (made, state), (_, now) in zip(found, follow_all(it, [made for made, _ in found])):
        assert part(now, state) == state, made
        assert part(type(it.widget).from_link(f"https://a.b/c.html#{it.view}={made}").state(), state) == state, made


def test_every_preset_is_the_same_state_on_the_page_and_in_python(it):  # noqa: F811
    names = list(it.widget.presets) or [""]
    for name, (_, now) in zip(names, follow_all(it, [f"v3{'!' * bool(name)}{name}" for name in names])):
        assert now == type(it.widget).from_link(f"#{it.view}=v2.{name}").state(), name


def test_a_copied_link_is_short_and_names_what_differs(it):  # noqa: F811
    it.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    found = list(links(it.view))
    for made, state in part_of(found, found[::4]):
        follow(it, made)
        link = it.copied("Copy link").split("#")[1]
        assert re.fullmatch(rf"{it.view}=v3[\w~!=;-]*(?<=[A-Za-z0-9])", link, re.ASCII), "of letters that mail and chat leave alone"
        longest = max(len(old) for old, same in found if same == state)
        assert len(link) - len(it.view) - 1 < longest or not made.startswith("v1")
        shown = type(it.widget).from_link(f"#{link}")
        assert part(shown.state(), state) == state
        assert shown.link() == f"#{link}", "Python writes the link that the page writes"


NAMES = ["naïve", "日本 語", "a(b)c", "x;y=1&z", "'quoted'", "100 %", "+1~*!", "<b>", "\\", "😀"]


def test_a_name_of_any_letters_goes_into_a_link_and_comes_back(visit, desk):
    from tokendynamics.widgets import ForceLab

    page = visit(f"{desk('force-lab')}#force-lab=v2.identity;panel='tokens", permissions=["clipboard-read", "clipboard-write"])
    it = WidgetPage(page, "force-lab")  # noqa: F811
    for name in NAMES:
        it.type("Name of the selected token", name)
        link = it.copied("Copy link")
        assert re.fullmatch(r"[\w~!=;-]+[a-z0-9]", link.split("#")[1], re.ASCII), "letters that mail and chat leave alone"
        assert ForceLab.from_link(link).names[0] == name == it.state()["names"][0]
        (_, other), (_, state) = goes(it, ["force-lab=v2.identity", link.split("#")[1]])
        assert other["names"][0] != name == state["names"][0]
    page.goto("about:blank")  # and as the page is opened
    page.goto(link)
    assert WidgetPage(page, "force-lab").state()["names"][0] == NAMES[-1]


# what mail and chat make of a link of the second kind and of the third: each a part of #force-lab=
MANGLED = {
    "v2.turning;scale=2;names=('a,'b%20c,'%C3%A9)": ["v2.turning;scale=2;names=%28%27a%2C%27b%20c%2C%27%C3%A9%29", "v2.turning%3Bscale%3D2%3bnames=('a,'b%2520c,'%25C3%25A9)"],
    "v3!turning;scale=2_5;names=!_a~_b_20c~_d_29": ["v3%21turning%3Bscale%3D2%5F5%3Bnames=%21%5Fa%7E%5Fb%5F20c%7E%5Fd%5F29"],
    "v2.turning": ["v2%2Eturning"],
}  # fmt: skip
TAILS = [
    ".",
    ",",
    ")",
    ").",
    "%20",
    "&amp;",
    "&",
    '"',
    "%22",
    "'",
    "\u201d",
    "\u00bb",
    ">",
    "%3E",
    "%29",
    "?",
    "!",
    "**",
    "_",
    "~~",
    "&amp;utm_source=chat",
    "&utm_source=chat",
]


def test_what_mail_and_chat_did_to_a_link_is_forgiven(visit, desk):
    from tokendynamics.widgets import ForceLab

    it = WidgetPage(visit(f"{desk('force-lab')}"), "force-lab")  # noqa: F811
    for whole, changed in MANGLED.items():
        wanted = ForceLab.from_link(f"#force-lab={whole}").state()
        every = [whole, *changed, *(whole + tail for tail in TAILS), *(each + ")." for each in changed)]
        hashes = [f"force-lab{mark}{made}" for made in every for mark in ("=", "%3D")]
        found = goes(it, [each for hash_ in hashes for each in ("force-lab=v2.identity", hash_)])
        for hash_, (said, state) in zip(hashes, found[1::2]):
            assert not said and state == wanted, hash_
        for hash_ in hashes:
            assert ForceLab.from_link(f"https://a.b/c.html#{hash_}").state() == wanted, hash_


def seen(it, fragment):  # noqa: F811
    it.page.evaluate(
        "hash => new Promise(done => { setTimeout(done, 10_000); addEventListener('hashchange', () => requestAnimationFrame(done), { once: true }); location.hash = hash; })",
        fragment,
    )
    return it.notices(), it.state()


def test_a_link_whose_final_point_was_lost_is_the_first_state(visit, desk):
    from tokendynamics.widgets import RealTrajectories

    it = WidgetPage(visit(f"{desk('real-trajectories')}"), "real-trajectories")  # noqa: F811
    first = RealTrajectories().state()
    for made in ("v2", "v2.", "v2)", "v3", "v3.", "v3).", "v2.;", "v3;"):
        follow(it, "v3;layer=3")
        said, state = seen(it, f"#real-trajectories={made}")
        whole = not made.endswith(";")  # a part is missing
        assert bool(said) != whole and (state == first) == whole, made


@pytest.mark.parametrize("page_name", ["index", "chapters/01_tokens_as_particles", "back/glossary"])
def test_a_link_to_a_widget_of_another_page_says_where_it_stands(visit, address, page_name):
    page = visit(f"{address}/{page_name}.html#trajectories=v3!collapse")
    said = page.locator(".td-stray")
    said.wait_for()
    assert said.inner_text() == "This link sets the widget “trajectories”, which is not on this page. It is in Chapter 3."
    page.evaluate("location.hash = '#nowhere=v2.there'")
    page.get_by_text("which this book does not have").wait_for()
    page.evaluate("location.hash = '#main-content'")
    said.wait_for(state="detached")
    page.evaluate("location.hash = '#trajectories.some=v1.e30'")
    said.get_by_role("link").click()
    page.wait_for_selector("[data-widget=trajectories][data-ready]")
    assert page.url.endswith("chapters/03_trajectories.html#trajectories.some=v1.e30") and not said.count()


def test_every_widget_stands_where_a_stray_link_is_sent():
    host = (ROOT / "site" / "host.js").read_text("utf8")
    sent = re.findall(r'^  "?([\w-]+)"?: \["([\w/]+)\.html", "[^"]+"\],$', host, re.MULTILINE)
    assert dict(sent) == PLACES


def test_a_link_copied_while_it_plays_has_short_numbers(visit, desk):
    page = visit(desk("trajectories"), permissions=["clipboard-read", "clipboard-write"])
    it = WidgetPage(page, "trajectories")  # noqa: F811
    it.press("Play")
    for _ in range(4):
        link = it.copied("Copy link").split("#")[1]
        found = re.search(r";layer=(\d+)(?:_(\d+))?(;|$)", link)
        assert found and len(found[2] or "") <= 3, link
