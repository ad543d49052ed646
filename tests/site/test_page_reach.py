"""The worker that Python runs in is held to the policy of its page, in each engine: nothing of it reaches another server, and nothing is evaluated."""

import json

import book_safety
import page_python
import pytest
import weekly

HEARS = "new Promise((done, fail) => { const it = %s; it.onopen = it.onload = it.onmessage = done; it.onerror = fail; })"
ASKS = [  # the ways by which a worker can ask another place for something
    "fetch(place, { mode: 'no-cors' })",
    "(async () => { const it = new XMLHttpRequest(); it.open('GET', place, false); it.send(); })()",
    HEARS % "new EventSource(place)",
    HEARS % "new WebSocket(place.replace('http', 'ws'))",
    "import(place)",
    "(async () => importScripts(place))()",
]
EVALUATES = ["(async () => (0, eval)('1'))()", "(async () => new Function('return 1')())()"]
WAYS = [*ASKS, *EVALUATES]
SAID = f"() => {{ const all = window.heard?.filter(({{ said }}) => said) ?? []; return all.length === {len(WAYS)} && all.map(({{ said }}) => said); }}"


class World:
    """A page whose worker tries all ways to another server, and what came there."""

    def __init__(self, serve, folder):
        self.came = []
        other = serve(folder, made=lambda path: self.came.append(path) or b"1")
        tries = f"""
            const tried = (number, go) =>
              go(`{other}/${{number}}`).then(() => "came", () => "did not").then((said) => postMessage({{ said: [number, said] }}));
            {" ".join(f"tried({n}, async (place) => {way});" for n, way in enumerate(WAYS))}"""
        start = "<script type='module'>await 0; kernel.run({ id: '1', code: '1', name: 'one' });</script>"
        first = f"<body><script>({page_python.IN_WORKERS})({json.dumps(tries)})</script>"
        self.free = page_python.PAGE.replace("<body>", first, 1).replace("</body>", f"{start}</body>")
        self.held = book_safety.with_policy(self.free)
        self.address = serve(
            folder, made=lambda path: {"/_static/held.html": self.held, "/_static/free.html": self.free}.get(path, "").encode()
        )


@pytest.fixture
def world(serve, python_folder):
    return World(serve, python_folder)


@pytest.fixture
def said(world, chromium):
    """said(page) is what the worker of a page came to, way by way, in Chromium."""
    with chromium.new_context() as context:

        def go(name):
            page = context.new_page()
            page.goto(f"{world.address}/_static/{name}.html")
            found = page.wait_for_function(SAID).json_value()
            page.wait_for_function("() => heard.some(({ done }) => done?.status === 'ok')")
            return dict(found)

        yield go


def test_in_chromium_nothing_goes_elsewhere(world, said):
    assert set(said("held").values()) == {"did not"} and not world.came


@weekly.seldom
def test_without_the_policy_each_way_is_open(world, said):
    found = said("free")
    assert sorted(world.came) == [f"/{n}" for n in range(len(ASKS))]
    assert {found[n] for n in range(len(ASKS), len(WAYS))} == {"came"}


@weekly.seldom
def test_in_another_engine_nothing_goes_elsewhere(world, engine):
    engine.goto(f"{world.address}/_static/held.html")
    found = engine.wait(SAID, seconds=60)
    engine.wait("() => heard.some(({ done }) => done?.status === 'ok')", seconds=60)
    assert {each for _, each in found} == {"did not"} and not world.came
