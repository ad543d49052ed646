"""The widget host on pages made up for the purpose: what a widget may rely on, and what happens when one breaks."""

import json
import shutil
from pathlib import Path

import pytest

SITE = Path(__file__).parents[2] / "site" / "static"
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"

COUNTER = """
export default {
  initialize({ model }) { model.set("born", (model.get("born") ?? 0) + 1); },
  render({ model, el }) {
    const button = document.createElement("button");
    const show = () => { button.textContent = `count ${model.get("count")}`; };
    button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
    model.on("change:count", show);
    show();
    el.append(button);
    globalThis.counter = model;
  },
};
"""
LONE = "export default { render({ el }) { el.append(Object.assign(document.createElement('b'), { className: 'alive', textContent: 'alive' })); } };"
BROKEN = {
    "on import": "throw new Error('broken on purpose'); export default {}",
    "not a module": "export default {{{",
    "in initialize": "export default { initialize() { throw new Error('broken on purpose'); }, render() {} }",
    "in render": "export default { render() { throw new Error('broken on purpose'); } }",
    "in async render": "export default { async render() { await 0; throw new Error('broken on purpose'); } }",
    "without render": "export default {}",
}


def model(esm, css="", **state):
    return {"model_name": "AnyModel", "state": {"_esm": esm, "_css": css, "_anywidget_id": "book.Thing", **state}}


def views(*names):
    return "".join(
        f'<div class="td-live" id="at-{i}"><script type="{VIEW}">{json.dumps({"model_id": name})}</script>'
        f'<div class="td-still"><img alt="a still" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="100" height="80"></div></div>'
        for i, name in enumerate(names)
    )


@pytest.fixture
def put(tmp_path):
    """put(models, body) writes a page and gives its folder; `models` may be a text, to be malformed."""
    shutil.copytree(SITE, tmp_path / "_static")

    def write(models, body, **more):
        state = models if isinstance(models, str) else json.dumps({"state": models, **more}).replace("</", "<\\/")
        (tmp_path / "index.html").write_text(
            f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>host</title><link rel="icon" href="data:,">
            <link rel="stylesheet" href="_static/style.css"><script>document.documentElement.dataset.live = ''</script>
            <script defer src="_static/host.js"></script><script type="{STATE}">{state}</script><body>{body}</body></html>""",
            "utf8",
        )
        return tmp_path

    return write


@pytest.fixture(params=["http", "file"])
def show(request, put, serve, visit):
    """show(models, body) opens such a page, over http and from a file."""

    def open_(models, body, *, more=None, **options):
        folder = put(models, body, **(more or {}))
        return visit((serve(folder) if request.param == "http" else folder.as_uri()) + "/index.html", **options)

    return open_


def test_a_widget_shown_twice_stays_in_step_and_another_of_its_kind_does_not(show):
    page = show({"a": model(COUNTER, count=1), "b": model(COUNTER, count=7)}, views("a", "a", "b"))
    page.locator("#at-0 button").click()
    page.locator("#at-1 button").click()
    assert page.locator("button").all_inner_texts() == ["count 3", "count 3", "count 7"]


def test_initialize_runs_once_a_model_and_styles_come_once(show):
    css = ".alone { color: red }"
    page = show({"a": model(COUNTER, css, count=1)}, views("a", "a"))
    page.locator("#at-1 button").wait_for()
    assert page.evaluate("counter.get('born')") == 1
    assert page.evaluate("[...document.querySelectorAll('style')].filter((style) => style.textContent.includes('alone')).length") == 1


def test_scripts_kept_once_for_the_page_are_found_by_their_names(show):
    models = {"a": model("_esm:book.Thing", "_css:book.Thing"), "b": model("_esm:book.Thing", "_css:book.Thing")}
    page = show(models, views("a", "b"), more={"texts": {"_esm:book.Thing": LONE, "_css:book.Thing": ".alive { color: rgb(1, 2, 3) }"}})
    page.locator("#at-1 .alive").wait_for()
    assert page.locator(".alive").count() == 2
    assert page.locator(".alive").first.evaluate("node => getComputedStyle(node).color") == "rgb(1, 2, 3)"


def test_events_of_a_model(show):
    page = show({"a": model(COUNTER, count=1, deep={"list": [1, 2]})}, views("a"))
    page.locator("button").wait_for()
    heard = page.evaluate("""() => {
      const heard = [], model = counter, first = () => heard.push("first"), second = () => heard.push("second");
      model.on("change:deep", (_, value) => heard.push(["deep", value]));
      model.on("change", () => heard.push("change"));
      model.set("deep", { list: [1, 2] });                 // no different: nobody hears
      model.set({ deep: { list: [3] }, count: 5 });        // two at once: one `change`, after both are set
      model.on("change:count", first);
      model.on("change:count", second);
      model.off("change:count", first);
      model.set("count", 6);
      model.off("change");
      model.off("change:deep");
      model.set("deep", 1);
      model.off();
      model.set("count", 7);
      model.on("msg:custom", first);
      model.send({ any: "thing" });
      return [heard, model.get("count"), document.querySelector("button").textContent];
    }""")
    assert heard == [[["deep", {"list": [3]}], "change", "second", "change"], 7, "count 6"]


def test_asking_python_says_that_there_is_none(show):
    esm = "export default { async render({ el, experimental }) { el.append(await experimental.invoke('x').catch((e) => e.message)); } }"
    page = show({"a": model(esm)}, views("a"))
    page.wait_for_function("() => document.body.innerText.includes('no Python')")


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_widget_says_so_in_its_place_and_leaves_the_others_alive(show, how):
    page = show({"bad": model(BROKEN[how]), "good": model(LONE)}, views("good", "bad", "good"), errors=False)
    alert = page.locator("#at-1 [role=alert]")
    alert.wait_for()
    said = alert.inner_text()
    assert said.startswith("Thing could not start: ") and "picture below" in said
    if how.startswith(("in ", "on ")):
        assert "broken on purpose" in said
    assert page.locator("#at-1 img").is_visible(), "its still takes its place"
    page.locator("#at-2 .alive").wait_for()
    assert page.locator(".alive").count() == 2
    assert page.locator("[role=alert]").count() == 1


def test_a_callback_that_throws_leaves_the_other_callbacks_and_the_value(show):
    page = show({"a": model(COUNTER, count=1)}, views("a"), errors=False)
    page.locator("button").wait_for()
    page.evaluate(
        "() => { counter.off(); counter.on('change:count', () => { throw new Error('no'); }); counter.on('change:count', () => { window.heard = true; }); counter.set('count', 9); }"
    )
    assert page.evaluate("[window.heard, counter.get('count')]") == [True, 9]


@pytest.mark.parametrize(
    "models, words",
    [
        ('{"state": {"a": ', "cannot be read"),
        ("{}", "no state"),
        (json.dumps({"state": {"a": {"model_name": "IntSliderModel", "state": {"value": 3}}}}), "no script of its own"),
    ],
)
def test_a_page_with_broken_state_says_so(show, models, words):
    page = show(models, views("a"))
    alert = page.locator("[role=alert]")
    alert.wait_for()
    assert words in alert.inner_text()
    assert page.locator("img").is_visible()


def test_a_view_that_names_no_model_says_so(show):
    page = show({"good": model(LONE)}, f'<div class="td-live" id="x"><script type="{VIEW}">not json</script></div>' + views("good"))
    page.locator("#x [role=alert]").wait_for()
    assert "picture below" not in page.locator("#x").inner_text(), "there is none"
    page.locator(".alive").wait_for()


def test_widgets_far_below_wake_too(show):
    page = show({"a": model(LONE)}, '<div style="height: 30000px"></div>' + views("a"))
    page.locator(".alive").wait_for(state="attached", timeout=4000)


def test_the_still_gives_way_to_the_live_widget_and_comes_back_on_paper(show):
    page = show({"a": model(LONE)}, views("a"))
    page.locator(".alive").wait_for()
    assert not page.locator("img").is_visible()
    page.emulate_media(media="print")
    assert page.locator("img").is_visible() and not page.locator(".alive").is_visible()


def test_without_javascript_the_still_stands_there(show):
    page = show({"a": model(LONE)}, views("a"), java_script_enabled=False)
    assert page.locator("img").is_visible()


def test_a_page_without_widgets_is_left_alone(show):
    page = show({}, "<p>words</p>")
    page.wait_for_timeout(300)
    assert page.locator("body").inner_text().strip() == "words"
