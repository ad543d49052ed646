"""The real model's files come into the page on demand, from a server and from a folder: kept, stopped, taken up again, and told of where they fail."""

import base64
import json
import subprocess
import zlib
from pathlib import Path

import pytest
from node import find
from weekly import part_of, seldom

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "src/tokendynamics/widgets/real_trajectories/live/model.js"
PAGE = "back/glossary.html"  # without widgets: all that it loads later is the model's
LEARNED = {"anchors": [], "bent": [1, 1], "beta": 1, "gain": 1, "value": "learned", "without": "nothing"}
WANTED = {"sentences": ["The lamp gave a warm light."], "senses": [], "word": "light", **LEARNED}
OTHER = WANTED | {"sentences": ["A light bag."]}
# what a test hears, in the page: answers, how far loading is, faults in words, and how long the page stood still
OPEN = """async (source) => {
  const { openModel } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const host = document.querySelector("script[src*='/host.js'], script[src^='_static/host.js']");
  window.heard = { own: [], far: [], faults: [], blocked: [] };
  new PerformanceObserver((list) => heard.blocked.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
  window.model = openModel({
    asset: (name) => new URL(name, host.src).href,
    hear: (own) => heard.own.push(own),
    progress: (far) => heard.far.push(far),
    fail: ({ words, again }) => (heard.faults.push(words), (window.again = again)),
  });
}"""
IN_WORKERS = """(code) => {
  const Kept = Blob;
  window.Blob = class extends Kept {
    constructor(parts, options) {
      super(options?.type === "text/javascript" ? [`if (typeof WorkerGlobalScope === "function") { ${code} }\\n`, ...parts] : parts, options);
    }
  };
}"""


@pytest.fixture(scope="session")
def bundle():
    """live/model.js as one module."""
    program = "import { buildSync } from 'esbuild'; buildSync({ entryPoints: [process.argv[1]], bundle: true, format: 'esm', outdir: 'out', write: false }).outputFiles.forEach(({ text }) => console.log(text));"
    command = [find("node"), "--input-type=module", "-e", program, str(MODEL)]
    return subprocess.run(command, check=True, cwd=ROOT, capture_output=True, encoding="utf8").stdout


class Model:
    """live/model.js in a page, and the requests that it made."""

    def __init__(self, page, bundle):
        self.page, self.asked, self.bundle = page, [], bundle
        page.on("request", lambda request: self.asked.append(request.url) if "/minilm/" in request.url else None)
        self.begin()

    def begin(self):
        self.page.evaluate(OPEN, self.bundle)
        return self

    def run(self, wanted=WANTED):
        self.page.evaluate("wanted => model.run(wanted)", wanted)

    def answer(self, whole=True):
        """The last answer; the whole one comes when the request rests, and after the files that it needs."""
        told = "heard.own.at(-1)?.data.sentences[0].near" if whole else "heard.own.length"
        self.page.wait_for_function(f"() => {told} || heard.faults.length", timeout=60_000)
        assert not self.heard("faults"), self.heard("faults")
        return self.heard("own")[-1]

    def fault(self):
        self.page.wait_for_function("() => heard.faults.length", timeout=60_000)
        return self.heard("faults")[-1]

    def heard(self, what):
        return self.page.evaluate("what => heard[what]", what)

    def forget(self):
        self.page.evaluate("() => Object.assign(heard, { own: [], far: [], faults: [], blocked: [] })")

    def again(self):
        """Try again; gives the pieces that were asked for from then on, once there is an answer."""
        before = len(self.asked)
        self.forget()
        self.page.evaluate("again()")
        self.answer()
        return names(self.asked[before:])


def names(addresses):
    return [address.split("/")[-1].split("?")[0] for address in addresses]


@pytest.fixture(params=["served", "folder"])
def base(request, address, book):
    return address if request.param == "served" else book.as_uri()


@pytest.fixture
def model(base, visit, bundle):
    return Model(visit(f"{base}/{PAGE}", errors=False, alone=True), bundle)


@pytest.fixture
def served(address, visit, bundle):
    """served(before, code) is a model in a page; `code` runs first in its worker."""

    def go(code=""):
        script = f"({IN_WORKERS})({json.dumps(code)})"
        return Model(visit(f"{address}/{PAGE}", errors=False, before=lambda page: page.add_init_script(script)), bundle)

    return go


def test_nothing_comes_before_it_is_asked_for_and_then_what_a_sentence_needs(model, book):
    model.page.wait_for_timeout(300)
    assert not model.asked
    model.run()
    own = model.answer()
    assert own["made_of"]["word"] == "light" and "light" in own["shared"]
    assert len(own["data"]["sentences"][0]["common"]) == 7
    asked = names(model.asked)
    assert asked[:2] == ["card.js", "worker.js"] and "vocabulary.js" in asked
    assert len(set(asked)) == len(asked), "each once"
    assert sum("words-" in name for name in asked) < 30 < len(list((book / "_static/minilm").glob("words-*")))
    first, last = model.heard("far")[0], model.heard("far")[-1]
    assert first["loaded"] == first["kept"] == 0 and 10e6 < first["total"] <= last["total"]
    assert last["loaded"] == last["total"]
    assert all(a["loaded"] <= b["loaded"] for a, b in zip(model.heard("far"), model.heard("far")[1:]))


def test_a_second_visit_takes_all_from_the_browsers_store(served):
    model = served()
    model.run()
    model.answer()
    model.page.wait_for_timeout(1500)  # until it is kept
    model.page.reload()
    before = len(model.asked)
    model.begin().run()
    model.answer()
    assert names(model.asked[before:]) == ["card.js", "worker.js"], "whether there is something newer; and the program"
    far = model.heard("far")[-1]
    assert far["kept"] == far["loaded"] == far["total"] > 10e6


def test_another_version_of_a_file_is_fetched_anew_and_the_old_one_leaves_the_store(served, book):
    model = served()
    model.run()
    model.answer()
    model.page.wait_for_timeout(1500)
    keys = """() => new Promise(done => { const open = indexedDB.open("tokendynamics-minilm"); open.onsuccess = () => {
      const asked = open.result.transaction("files").objectStore("files").getAllKeys(); asked.onsuccess = () => done(asked.result); } })"""
    kept = model.page.evaluate(keys)
    card = (book / "_static/minilm/card.js").read_text("utf8")
    (old,) = [key for key in kept if key.startswith("layer-3")]
    script = (book / "_static/minilm/layer-3-1.js").read_text("utf8")
    text = json.loads(script[script.index('"text", { detail: ') + 18 : script.rindex(" }));")])
    other = "AAAA" + text[4:]
    crc = f"{zlib.crc32(base64.b64decode(other)):08x}"
    model.page.route("**/card.js*", lambda it: it.fulfill(body=card.replace(old.split()[1], crc), content_type="text/javascript"))
    model.page.route("**/layer-3-1.js*", lambda it: it.fulfill(body=script.replace(text, other), content_type="text/javascript"))
    model.page.reload()
    before = len(model.asked)
    model.begin().run()
    model.answer()
    assert names(model.asked[before:]) == ["card.js", "worker.js"] + [f"layer-3-{i}.js" for i in (1, 2, 3, 4)]
    model.page.wait_for_timeout(500)
    now = model.page.evaluate(keys)
    assert old not in now and len(now) == len(kept)


def test_with_the_network_off_it_goes_on(served):
    model = served()
    model.run()
    model.answer()
    model.page.context.set_offline(True)
    before = len(model.asked)
    model.forget()
    model.run(WANTED | {"beta": 0.5})
    assert model.answer()["made_of"]["beta"] == 0.5
    assert len(model.asked) == before


@pytest.mark.parametrize("how", part_of(["absent", "damaged", "cut"], ["damaged"]))
def test_a_piece_that_fails_is_told_and_again_asks_for_what_is_missing(served, book, how):
    model = served()
    script = (book / "_static/minilm/layer-4-2.js").read_text("utf8")
    bodies = {"damaged": script.replace("AQ", "BQ", 1), "cut": script[:300_001] + '" }));'}
    handle = lambda it: it.abort() if how == "absent" else it.fulfill(body=bodies[how], content_type="text/javascript")
    model.page.route("**/layer-4-2.js*", handle)
    model.run()
    said = model.fault()
    assert "layer-4-2.js" in said and "Try again goes on from there" in said and "MB are here" in said
    assert ("did not come" if how == "absent" else "damaged") in said
    model.page.wait_for_timeout(500)  # pieces that were on their way
    before = set(names(model.asked))
    model.page.unroute("**/layer-4-2.js*")
    after = model.again()
    assert after.count("layer-4-2.js") == 1
    assert before & set(after) <= {"layer-4-2.js", "card.js"}, "only what is missing"


@pytest.mark.parametrize("how", ["absent", "damaged"])
def test_from_a_folder_too(book, visit, bundle, tmp_path, how):
    """There the browser gives a test no hand in what is loaded: the files themselves are changed."""
    for name in ("back", "_static"):
        (tmp_path / name).mkdir()
    for each in [*(book / "_static").iterdir(), book / PAGE]:
        (tmp_path / each.relative_to(book)).symlink_to(each)
    (tmp_path / "_static/minilm").unlink()
    (tmp_path / "_static/minilm").mkdir()
    for each in (book / "_static/minilm").iterdir():
        (tmp_path / "_static/minilm" / each.name).symlink_to(each)
    piece = tmp_path / "_static/minilm/layer-4-2.js"
    whole = piece.read_text("utf8")
    piece.unlink()
    if how == "damaged":
        piece.write_text(whole.replace("AQ", "BQ", 1), "utf8")
    model = Model(visit(f"{tmp_path.as_uri()}/{PAGE}", errors=False), bundle)
    model.run()
    said = model.fault()
    assert "layer-4-2.js" in said and ("did not come" if how == "absent" else "damaged") in said
    piece.unlink(missing_ok=True)
    piece.write_text(whole, "utf8")
    model.again()


@pytest.mark.parametrize("script", ["card.js", "worker.js"])
def test_a_list_or_a_program_that_does_not_come_is_told(served, script):
    model = served()
    model.page.route(f"**/minilm/{script}*", lambda it: it.abort())
    model.run()
    assert script in model.fault()
    model.page.unroute(f"**/minilm/{script}*")
    assert script in model.again()


def test_stopped_half_way_nothing_more_comes_and_a_new_run_goes_on(served):
    model = served()
    held = []
    model.page.route("**/layer-3-*.js*", lambda it: held.append(it))
    model.run()
    model.page.wait_for_function("() => heard.far.at(-1)?.loaded > 2e6")
    for _ in range(200):
        if len(held) == 3:
            break
        model.page.wait_for_timeout(50)
    assert len(held) == 3, "as many as are asked for at once"
    model.page.evaluate("model.stop()")
    heard = len(model.heard("far"))
    before = names(model.asked)
    for each in held:
        each.continue_()
    model.page.unroute("**/layer-3-*.js*")
    model.page.wait_for_timeout(700)
    assert names(model.asked) == before and len(model.heard("far")) == heard and not model.heard("own")
    model.run()
    model.answer()
    after = names(model.asked)[len(before) :]
    assert after and not set(after) & set(before), "what has come, and what came after the stop, stays"
    assert model.heard("far")[-1]["loaded"] == model.heard("far")[-1]["total"]


PUT = "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };"
ABORTED = """const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...all) { const made = put.apply(this, all); this.transaction.abort(); return made; };"""
GONE = "Object.defineProperty(self, 'indexedDB', { get() { throw new DOMException('denied', 'SecurityError'); } });"
SILENT = "IDBFactory.prototype.open = () => ({});"


def test_a_full_store_is_said_once_and_the_model_runs(served):
    model = served(PUT)
    model.run()
    model.page.wait_for_function("() => heard.own.length", timeout=60_000)
    model.page.wait_for_timeout(500)
    (said,) = model.heard("faults")
    assert "could not keep" in said and model.page.evaluate("again === null")


@pytest.mark.parametrize(
    "code", part_of([GONE, SILENT, ABORTED], [SILENT]), ids=part_of(["denied", "never answers", "aborted"], ["never answers"])
)
def test_where_nothing_can_be_kept_the_model_runs(served, code):
    model = served(code)
    model.run()
    model.answer()


def test_without_memory_it_is_told(served):
    model = served("const Kept = Uint8Array; self.Uint8Array = class extends Kept { constructor(size, ...more) {"
                   " if (size > 1e6) throw new RangeError('Array buffer allocation failed'); super(size, ...more); } };")  # fmt: skip
    model.run()
    assert "not enough memory" in model.fault()


def test_without_workers_it_is_told(model):
    model.page.evaluate("() => { window.Worker = class { constructor() { throw new Error('not here'); } }; }")
    model.run()
    assert "not here" in model.fault() and "notebook" in model.fault()


def test_a_slider_is_followed_and_the_last_request_wins(served):
    model = served()
    model.run()
    model.answer()
    model.forget()
    model.page.evaluate(
        """async (wanted) => { for (let i = 1; i <= 60; i++) { model.run({ ...wanted, beta: i / 20 }); await new Promise(done => setTimeout(done, 16)); } }""",
        WANTED,
    )
    model.page.wait_for_function("() => heard.own.at(-1)?.control", timeout=60_000)
    betas = [own["made_of"]["beta"] for own in model.heard("own")]
    moving = [own["made_of"]["beta"] for own in model.heard("own") if not own["laws"]]
    assert betas == sorted(betas) and moving[-1] == 3, "what takes longer comes for the last, once the slider rests"
    assert moving == sorted(set(moving)) and 2 < len(moving) < 50, "followed on its way, and what was overtaken is dropped"
    assert [own["made_of"]["beta"] for own in model.heard("own") if own["control"]] == [3]


def test_other_sentences_overtake_at_once(served):
    model = served()
    model.run()
    model.answer()
    model.forget()
    model.page.evaluate("both => { for (const wanted of both) model.run(wanted); }", [WANTED | {"gain": 0}, OTHER])
    assert model.answer(whole=False)["made_of"]["sentences"] == OTHER["sentences"]


def test_closed_it_says_no_more(model):
    model.run()
    model.page.wait_for_function("() => heard.far.length > 2")
    model.page.evaluate("model.close()")
    before = len(model.asked)
    model.page.wait_for_timeout(500)
    assert len(model.asked) == before and not model.heard("own") and not model.heard("faults")


@seldom  # milliseconds, which other tests beside it would lengthen; benchmarks/real_model.py measures them
def test_the_page_never_stands_still(model):
    model.page.wait_for_timeout(300)
    model.forget()
    model.run()
    model.answer()
    model.page.wait_for_timeout(300)
    assert max(model.heard("blocked"), default=0) <= 50
