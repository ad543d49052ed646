"""Links that were copied once: each still means what it meant, on the page and in Python, and new ones are short.

`tests/data/old_links.json` only grows. The links of the second kind start from presets by name, so a preset keeps its state
for good: a change there fails here.
"""

import json
import re
from pathlib import Path

import pytest
from test_hostile_links import follow, follow_all, it  # noqa: F401 (a fixture)

OLD = json.loads((Path(__file__).parents[1] / "data" / "old_links.json").read_text("utf8"))


def links(view):
    for entry in OLD:
        name, made = re.match(r"#([\w-]+?)(?:\.[\w-]+)?=(.*)$", entry["link"]).groups()
        if name == view:
            yield made, entry["state"]


def part(state, of):
    """The parts of a state that a link was made with: a widget may have learned more since."""
    return {name: state[name] for name in of}


def test_old_links_of_both_kinds_are_kept_alive(it):  # noqa: F811
    found = list(links(it.view))
    assert {made[:2] for made, _ in found} == {"v1", "v2"}
    for (made, state), (_, now) in zip(found, follow_all(it, [made for made, _ in found])):
        assert part(now, state) == state, made
        assert part(type(it.widget).from_link(f"https://a.b/c.html#{it.view}={made}").state(), state) == state, made


def test_every_preset_is_the_same_state_on_the_page_and_in_python(it):  # noqa: F811
    names = list(it.widget.presets) or [""]
    for name, (_, now) in zip(names, follow_all(it, [f"v2.{name}" for name in names])):
        assert now == type(it.widget).from_link(f"#{it.view}=v2.{name}").state(), name


def test_a_copied_link_is_short_and_names_what_differs(it):  # noqa: F811
    it.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for made, state in links(it.view):
        follow(it, made)
        it.press("Copy link")
        link = it.page.evaluate("navigator.clipboard.readText()").split("#")[1]
        assert link.startswith(f"{it.view}=v2.")
        longest = max(len(old) for old, same in links(it.view) if same == state)
        assert len(link) - len(it.view) - 1 < longest or made.startswith("v2")
        shown = type(it.widget).from_link(f"#{link}")
        assert part(shown.state(), state) == state
        assert shown.link() == f"#{link}", "Python writes the link that the page writes"


@pytest.mark.parametrize("name", ["naïve", "日本 語", "a(b)c", "x;y=1&z", "'quoted'", "100 %", "+1~*!", "<b>", "\\", "😀"])
def test_a_name_of_any_letters_goes_into_a_link_and_comes_back(visit, address, name):
    from tokendynamics.widgets import ForceLab

    page = visit(f"{address}/index.html#force-lab=v2.identity;panel='tokens", permissions=["clipboard-read", "clipboard-write"])
    page.wait_for_selector("[data-widget=force-lab][data-ready]")
    root = page.locator("[data-widget=force-lab]")
    field = root.get_by_label("Name of the selected token")
    field.fill(name)
    field.press("Enter")
    root.get_by_role("button", name="Copy link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"[\x21-\x7e]+", link), "an address of plain letters"
    assert ForceLab.from_link(link).names[0] == name == root.evaluate("root => root.widgetState().names[0]")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector("[data-widget=force-lab][data-ready]")
    assert root.evaluate("root => root.widgetState().names[0]") == name
