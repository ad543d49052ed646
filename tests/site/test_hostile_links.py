"""Links that nobody made with `copy link`: each is refused in words, and the widget keeps its last good state.

Every widget of the book stands here on a page of its own, as the build embeds it. Each of its traits is given a
dozen values that it cannot have, and the whole state what is not a state.
"""

import base64
import json

import pytest
import traitlets
from weekly import EVERY, FEW
from widget_page import WidgetPage, alone

from tokendynamics import widgets

# as text, because Python's json writes no 1e999, which JavaScript reads as infinity
JUNK = [
    "null",
    "{}",
    '{"length": 2}',
    '"constructor"',
    '"__proto__"',
    "[[]]",
    "[null]",
    '[["a", "b"]]',
    "1e999",
    "-1e999",
    "[[1e999, 1]]",
    '"<b>x</b>"',
]
# no norm, no head off, no sentence drawn, none of one's own
LISTS = ("off", "shown", "sentences", "senses", "anchors")
ALLOWED = [*((name, "null") for name in ("norm", "d", "decay")), *((name, empty) for name in LISTS for empty in ("()", "empty"))]
# the same in the letters of the second kind of link, and what those letters cannot be
JUNK_2 = ["null", "()", "'constructor", "'__proto__", "(())", "(null)", "(('a,'b))", "1e999", "-1e999", "((1e999,1))", "'%3Cb%3Ex"]
TORN_2 = ["", "(", "())(", "{}", "[1]", '"x"', "%", "%zz", "'%ff", "01", "NaN", "-Infinity", "1=2", "<b>", "undefined", "(" * 9999]
# and of the third kind
JUNK_3 = ["null", "empty", "_constructor", "__5f_5fproto_5f_5f", "!empty", "!null", "!!_a_2c", "1e999", "-1e999", "!!1e999~1", "_3cb_3ex"]
TORN_3 = [
    "",
    "!",
    "!~",
    "!~1",
    "!!1~2~~~3",
    "!" * 9999,
    "_",
    "__",
    "__zz",
    "__ff",
    "01",
    "1_e",
    "NaN",
    "Infinity",
    "1=2",
    "a",
    "(1,2)",
    "'a",
    "0.5",
    "1e+9",
]
STARTS_2 = [
    "v2.nowhere",
    "v2.__proto__",
    "v2.constructor;scale=1",
    "v2.toString",
    "v2.%00",
    "v2.hasOwnProperty;",
    "v3.identity",
    "V2.identity",
    "v3!nowhere",
    "v3!__proto__;scale=1",
    "v4!identity",
    "v33",
]
WHOLE = ["", "null", "3", "[]", '"state"', "{", "true", '{"a":1', "\u0000"]


def text(made):
    return base64.urlsafe_b64encode(made.encode()).decode().rstrip("=")


@pytest.fixture(scope="module", params=widgets.__all__)
def it(request, tmp_path_factory, serve, visit_for_long):
    """One page for all tests of a file: whatever link was refused, the next one finds the widget well."""
    widget = getattr(widgets, request.param)()
    open_page = WidgetPage(visit_for_long(serve(alone(tmp_path_factory.mktemp(widget.view), widget)) + "/index.html"), widget.view)
    if widget.view == "sweeps":
        open_page.page.wait_for_selector(".td-plot[data-drawn]")  # its plot says that it is on its way, until it is there
    open_page.widget = widget
    return open_page


def follow(it, hash_):
    """Go to a link as a reader does who edits the address; the words of the widget afterwards."""
    it.page.evaluate(
        "hash => new Promise(done => { setTimeout(done, 10_000); addEventListener('hashchange', () => requestAnimationFrame(() => requestAnimationFrame(done)), { once: true }); location.hash = hash; })",
        f"{it.view}={hash_}",
    )
    return it.notices()


def test_what_a_trait_cannot_have_is_refused_in_words(it):
    """Junk in one trait after another; a good link in between takes the words away again."""
    good = it.state()
    as_text = {name: json.dumps(value) for name, value in good.items()}
    fine = "v1." + text(json.dumps(good))
    quiet = follow(it, fine)
    refused = [(name, junk) for name in good for junk in JUNK if (name, junk) not in ALLOWED]
    broken = [
        "{" + ", ".join(f'"{key}": {junk if key == name else value}' for key, value in as_text.items()) + "}" for name, junk in refused
    ]
    for (name, junk), (said, state) in zip(refused, follow_all(it, ["v1." + text(each) for each in broken])):
        assert "last good state is kept" in said, (name, junk, said)
        assert state == good, (name, junk)
    it.settle()
    assert it.state() == good
    one_each = dict(zip((name for name, _ in refused), broken))
    for name, (said, _) in zip(one_each, follow_all(it, [each for made in one_each.values() for each in ("v1." + text(made), fine)])[1::2]):
        assert said == quiet, name


def test_what_is_no_state_at_all_is_called_a_broken_link(it):
    good = it.state()
    for whole in WHOLE:
        assert "link is broken" in follow(it, "v1." + text(whole)), whole
        assert it.state() == good
    for hash_ in ("v1.%%%", "v1.\u00e4\u00f6", "v2.e30", "v1", "=", "v1." + "A" * 9999):
        assert "link" in follow(it, hash_).lower(), hash_
        assert it.state() == good


def a_start(it):
    return next(iter(it.widget.presets), "")


def follow_all(it, links):
    """[(words of the widget, its state)] after each of many links to it."""
    return goes(it, [f"{it.view}={made}" for made in links])


def goes(it, hashes):
    """The same after each of many places in the page: the words of a refusal are there with the event."""
    return it.page.evaluate(
        """async ([hashes, selector]) => {
          const root = document.querySelector(selector), found = [];
          for (const hash of hashes) {
            await new Promise(done => { setTimeout(done, 10_000); addEventListener('hashchange', done, { once: true }); location.hash = hash; });
            const words = [...root.querySelectorAll('.td-notice')].filter(e => !e.hidden).map(e => e.textContent);
            found.push([words.join(' '), root.widgetState()]);
          }
          return found;
        }""",
        [hashes, it.selector],
    )


def test_short_links_are_refused_in_words_too(it):
    """The second and third kind of link: junk in one trait after another, torn values, starts that there are not."""
    start = a_start(it)
    follow(it, f"v2.{start}")
    good = it.state()
    name = next(iter(good))
    keys = list(good) if EVERY or it.view in FEW[:1] else [name]  # one reader for all widgets
    impossible = [f"v2.{start};{key}={junk}" for key in keys for junk in JUNK_2 if (key, junk) not in ALLOWED]
    third = f"v3{'!' * bool(start)}{start}"
    impossible += [f"{third};{key}={junk}" for key in good for junk in JUNK_3 if (key, junk) not in ALLOWED]
    torn = (
        [f"{third};{name}={junk}" for junk in TORN_3]
        + [f"v2.{start};{name}={junk}" for junk in TORN_2]
        + [f"v2.{start};{name}", f"v2.{start};;", *STARTS_2]
    )
    found = follow_all(it, impossible + torn)
    assert len(found) >= 50 and all(state == good for _, state in found)
    for hash_, (said, _) in zip(impossible + torn, found):
        assert ("last good state is kept" if hash_ in impossible else "link") in said, (hash_[:80], said)


def test_python_refuses_short_links_too(it):
    start, kind = a_start(it), type(it.widget)
    name = it.widget.state_names[0]
    link = lambda made: f"https://book/#{it.view}={made}"
    for junk in JUNK_2 + TORN_2:
        with pytest.raises((ValueError, traitlets.TraitError)):
            kind.from_link(link(f"v2.{start};{name}={junk}"))
    third = f"v3{'!' * bool(start)}{start}"
    for junk in JUNK_3 + TORN_3:
        with pytest.raises((ValueError, traitlets.TraitError)):
            kind.from_link(link(f"{third};{name}={junk}"))
    for made in STARTS_2:
        with pytest.raises(ValueError, match="link"):
            kind.from_link(link(made))
    with pytest.raises(ValueError, match="link is broken"):
        kind.from_link(link("v1." + text("[" * 9999)))


def test_a_state_with_strange_keys_is_read_without_them(it):
    good = it.state()
    odd = json.dumps(good)[:-1] + ', "__proto__": {"polluted": 1}, "constructor": 3, "toString": null, "_esm": "x", "data": {}}'
    follow(it, "v1." + text(odd))
    assert it.state() == good
    short = f"v2.{a_start(it)}"
    follow(it, short)
    good = it.state()
    follow(it, short + ";__proto__=(1);constructor=3;toString=null;_esm='x;data=()")
    assert it.state() == good
    assert it.page.evaluate("({}).polluted === undefined")


def test_python_refuses_them_too(it):
    good = {name: json.dumps(value) for name, value in it.state().items()}
    link = lambda made: f"https://book/#{it.view}=v1.{text(made)}"
    assert type(it.widget).from_link(link("{" + ", ".join(f'"{k}": {v}' for k, v in good.items()) + "}")).state() == it.state()
    for whole in ("null", "3", "[]", '"state"', "{"):
        with pytest.raises(ValueError, match="link"):
            type(it.widget).from_link(link(whole))
