"""A chapter as a lesson of an LMS: what the package holds, and its page in a frame of a strict stand-in for an LMS."""

import json
import re
import subprocess
import zipfile
from pathlib import PurePosixPath
from xml.etree import ElementTree

import book_scorm
import pytest
from bs4 import BeautifulSoup
from node import find

IMS, ADL = f"{{{book_scorm.IMS}}}", f"{{{book_scorm.ADL}}}"
PAGE = "chapters/03_trajectories.html"  # two exercises with a field
NUMBERS = ["3.1", "3.2"]
# What SCORM 1.2 says of each element: what may be written there, and whether it may be read. Whoever calls out of order, of something else,
# or with anything but a string is found out. What was not committed is lost, and so is suspend_data after an exit that does not suspend.
LMS = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A course</title><link rel="icon" href="data:,"></head><body>
<script>
const record = RECORD, faults = [], calls = [];
const SCORE = /^\\d{1,3}(\\.\\d{1,2})?$/;
const MAY = {
  "cmi.core.lesson_status": [/^(passed|completed|failed|incomplete|browsed)$/, true],
  "cmi.core.score.raw": [SCORE, true], "cmi.core.score.min": [SCORE, true], "cmi.core.score.max": [SCORE, true],
  "cmi.core.exit": [/^(time-out|suspend|logout|)$/, false],
  "cmi.core.session_time": [/^\\d{2,4}:[0-5]\\d:[0-5]\\d(\\.\\d{1,2})?$/, false],
  "cmi.suspend_data": [/^[ -~]{0,4096}$/, true],
};
let open = false, over = false, held = { ...record };
const fault = (words) => { faults.push(words); return "false"; };
function call(name, args, count, work) {
  calls.push([name, ...args].join(" "));
  if (args.length !== count || args.some((x) => typeof x !== "string")) return fault(`${name} with ${JSON.stringify(args)}`);
  if (count === 1 && !/Get/.test(name) && args[0] !== "") return fault(`${name} with ${args[0]}`);
  if (!open && name !== "LMSInitialize") return fault(`${name} ${over ? "after the end" : "before the start"}`);
  return work(...args) ?? "true";
}
window.API = {
  LMSInitialize: (...args) => call("LMSInitialize", args, 1, () => { if (open || over) return fault("twice"); open = true; }),
  LMSFinish: (...args) => call("LMSFinish", args, 1, () => {
    if (held["cmi.core.exit"] !== "suspend") delete held["cmi.suspend_data"];
    Object.assign(record, held); open = false; over = true;
  }),
  LMSGetValue: (...args) => call("LMSGetValue", args, 1, (name) => (MAY[name]?.[1] ? (held[name] ?? "") : (fault(`read ${name}`), ""))),
  LMSSetValue: (...args) => call("LMSSetValue", args, 2, (name, value) => {
    if (!MAY[name]?.[0].test(value) || (MAY[name][0] === SCORE && value > 100)) return fault(`${name} = ${value}`);
    held[name] = value;
  }),
  LMSCommit: (...args) => call("LMSCommit", args, 1, () => { Object.assign(record, held); }),
};
</script>
<iframe src="/PAGE" title="The lesson" width="1200" height="800"></iframe></body></html>"""
SAYS = "() => ({ record, faults, calls })"


@pytest.fixture(scope="module")
def unpacked(book, tmp_path_factory):
    """The folder of a package, and the names in it."""
    made = tmp_path_factory.mktemp("scorm")
    with zipfile.ZipFile(book_scorm.package(book, 3, made / "3.zip", address="https://example.org/book/")) as whole:
        whole.extractall(made / "3")
        return made / "3", whole.namelist()


def test_the_manifest_names_each_file_and_one_lesson(unpacked):
    folder, names = unpacked
    root = ElementTree.parse(folder / "imsmanifest.xml").getroot()
    assert [part.tag for part in root] == [f"{IMS}metadata", f"{IMS}organizations", f"{IMS}resources"]
    assert [(part.tag, part.text) for part in root[0]] == [(f"{IMS}schema", "ADL SCORM"), (f"{IMS}schemaversion", "1.2")]
    (organization,), (resource,) = root[1], root[2]
    assert root[1].get("default") == organization.get("identifier")
    (item,) = organization.findall(f"{IMS}item")
    assert item.get("identifierref") == resource.get("identifier") and item.find(f"{IMS}title").text.startswith("3 · ")
    assert (resource.get("type"), resource.get(f"{ADL}scormtype"), resource.get("href")) == ("webcontent", "sco", PAGE)
    assert sorted(part.get("href") for part in resource) == sorted({*names} - {"imsmanifest.xml"})
    whole = [part.get("identifier") for part in root.iter() if part.get("identifier")]
    assert len(set(whole)) == len(whole) and all(re.fullmatch(r"[A-Za-z_][\w.-]*", name) for name in whole)  # xs:ID


def test_it_brings_what_the_page_asks_for_and_leads_to_the_book(unpacked):
    folder, names = unpacked
    page = (folder / PAGE).read_text("utf8")
    asked = {book_scorm.urljoin(PAGE, found) for found in re.findall(r'(?:src|href)="(?![a-z]+:)([^"#?]+)', page)}
    assert asked - {PAGE} and asked <= {*names}
    assert page.count("Content-Security-Policy") == 1
    assert "https://example.org/book/chapters/01_tokens_as_particles.html" in page
    assert "tc-run" not in page and not any(name.startswith(("_static/python", "_static/minilm", "_static/cells")) for name in names)
    assert sum((folder / name).stat().st_size for name in names) < 8e6
    assert not any('\\"embed\\"' in (folder / name).read_text("utf8") for name in names if PurePosixPath(name).match("_static/state/*"))


@pytest.mark.parametrize(
    ("link", "address", "becomes"),
    [
        ("02_encyclopedia.html#x", "", "words"),
        (
            "02_encyclopedia.html#x",
            "https://a.org/b/",
            '<a href="https://a.org/b/chapters/02_encyclopedia.html#x" rel="noopener" target="_blank">words</a>',
        ),
        ("#force-lab=v3", "", '<a href="#force-lab=v3">words</a>'),
        ("03_trajectories.html#climb", "", '<a href="#climb">words</a>'),
        ("https://a.org", "", '<a href="https://a.org" rel="noopener" target="_blank">words</a>'),
    ],
)
def test_a_link_stays_opens_a_window_or_becomes_its_words(link, address, becomes):
    soup = BeautifulSoup(f'<a href="{link}">words</a>', "html.parser")
    book_scorm.lead(soup.a, PAGE, address)
    assert str(soup) == becomes


def field(page, number):
    return page.frame_locator("iframe").locator(f"[data-answers='{number}']")


def answer(page, number, values):
    place = field(page, number)
    for box, value in zip(place.locator("input").all(), values):
        box.fill(value)
    place.get_by_role("button", name="Check").click()
    place.locator(".td-answer").wait_for()


def told(page, *names):
    now = page.evaluate(SAYS)
    assert not now["faults"]
    return [now["record"].get(f"cmi.core.{name}") for name in names]


def test_answers_and_score_are_the_lmss_and_come_back(unpacked, serve, visit):
    folder, _ = unpacked
    record = {}
    made = lambda path: LMS.replace("PAGE", PAGE).replace("RECORD", json.dumps(record)).encode() if path == "/lms.html" else None  # noqa: E731
    address = serve(folder, made=made)
    page = visit(f"{address}/lms.html")
    field(page, "3.1").get_by_role("button", name="Check").wait_for()
    page.wait_for_function("() => calls.length")
    assert told(page, "score.raw", "score.min", "score.max", "lesson_status") == ["0", "0", "100", "incomplete"]
    answer(page, "3.2", ["−1/2", "-1/3"])
    assert told(page, "score.raw", "lesson_status") == ["50", "incomplete"]
    answer(page, "3.1", ["1", "1"])
    assert told(page, "score.raw", "lesson_status") == ["50", "completed"]
    page.evaluate("() => document.querySelector('iframe').remove()")  # the learner goes
    left = page.evaluate(SAYS)
    assert left["calls"][0] == "LMSInitialize " and left["calls"][-1] == "LMSFinish " and not left["faults"]
    record |= left["record"]

    page = visit(f"{address}/lms.html")  # another machine: nothing is kept in this browser
    tried = field(page, "3.2").locator(".td-exercise-tried")
    tried.get_by_text("Checked once. The last one was right.").wait_for()
    assert [box.input_value() for box in field(page, "3.2").locator("input").all()] == ["−1/2", "-1/3"]
    assert [box.input_value() for box in field(page, "3.1").locator("input").all()] == ["1", "1"]
    assert told(page, "score.raw", "lesson_status") == ["50", "completed"]
    answer(page, "3.1", ["0.001", "0.067"])
    assert told(page, "score.raw", "lesson_status") == ["100", "passed"]

    record.clear()  # another learner at the same machine: the record counts, and not what the browser kept
    page.goto(f"{address}/lms.html")
    field(page, "3.1").get_by_role("button", name="Check").wait_for()
    page.wait_for_function("() => calls.some((call) => call.startsWith('LMSCommit'))")
    assert told(page, "score.raw", "lesson_status") == ["0", "incomplete"]
    assert field(page, "3.1").locator("input").first.input_value() == ""

    page.goto(f"{address}/{PAGE}")  # and with no LMS it is a page as any other
    page.locator("[data-answers='3.2'] input").first.fill("1")
    page.wait_for_selector("[data-widget][data-ready]")
    page.locator(".td-hand-in input").fill("Ada")
    with page.expect_download() as handed_in:  # the package holds what comes at a click
        page.get_by_role("button", name="Hand in").click()
    assert handed_in.value.suggested_filename.startswith("Ada - ")


def test_a_record_never_grows_beyond_its_place():
    program = """
      import { packed, unpacked, LONGEST } from "./site/scorm/record.js";
      const one = (text, right) => ({ answer: [text], tries: 2, right });
      const all = new Map([["1.2", one("#force-lab=" + "x".repeat(5000), true)], ["1.4", one("−1", false)], ["1.5", { answer: [], tries: 0, right: false }]]);
      const text = packed(all), back = unpacked(text);
      console.log(JSON.stringify([text.length <= LONGEST, /^[ -~]*$/.test(text), [...back], unpacked("").size, unpacked("else").size]));"""
    command = [find("node"), "--input-type=module", "-e", program]
    done = subprocess.run(command, cwd=book_scorm.ROOT, capture_output=True, encoding="utf8", check=True, timeout=60)
    kept = [["1.2", {"answer": [], "tries": 2, "right": True}], ["1.4", {"answer": ["−1"], "tries": 2, "right": False}]]
    assert json.loads(done.stdout) == [True, True, kept, 0, 0]
