"""What a page may run: its own scripts and nothing that was slipped in."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "site"))
import book_cells  # noqa: E402
import book_python  # noqa: E402
import book_safety  # noqa: E402

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


def test_every_page_has_one_policy_before_its_first_script(book):
    pages = sorted(book.rglob("*.html"))
    assert pages
    for path in pages:
        text = path.read_text("utf8")
        if "<head" not in text:
            continue  # a fragment of the theme's, which no reader opens
        found = list(POLICY.finditer(text))
        assert len(found) == 1 and found[0].start() < text.index("<script"), path.name
        policy = found[0][1]
        scripts = next(rule for rule in policy.split("; ") if rule.startswith("script-src"))
        assert ("'wasm-unsafe-eval'" in scripts.split()) == (book_cells.DATA in text), path.name
        assert ("'strict-dynamic'" in scripts.split()) == (path.parent == book / "embed"), path.name
        rest = policy.replace("'wasm-unsafe-eval'", "")
        assert policy.startswith("default-src 'self'") and "connect-src" not in policy and "unsafe-eval" not in rest
        assert "unsafe" not in scripts.replace("'wasm-unsafe-eval'", "") and "http" not in scripts
        assert not re.search(r"<[^>]* on[a-z]+=\"", text), f"{path.name}: a program in an attribute"


def test_webassembly_is_compiled_on_pages_with_cells_and_on_no_others(book):
    found = {path.relative_to(book).as_posix(): POLICY.search(path.read_text("utf8")) for path in book.rglob("*.html")}
    with_cells = {name for name, policy in found.items() if policy and "'wasm-unsafe-eval'" in policy[1]}
    notebooks = {f"{folder}/{path.stem}.html" for folder in ("chapters", "back") for path in (ROOT / folder).glob("*.ipynb")}
    there = (book / book_python.FOLDER / "card.json").exists()
    assert with_cells - {"index.html"} == (notebooks if there else set())


def test_each_inline_script_is_named_and_a_changed_one_is_not():
    page = "<head><meta charset='utf-8'></head><script>a()</script><script type='application/json'>{}</script><script src='b.js'></script>"
    guarded = book_safety.with_policy(page)
    assert guarded.count("sha256-") == 1 and book_safety.digest("a()") in guarded
    assert "unsafe" not in guarded.partition("script-src")[2].partition(";")[0]
    assert book_safety.digest("a();") not in guarded
    assert book_safety.with_policy(guarded) == guarded


@pytest.mark.parametrize(
    "slip_in",
    [
        "const s = document.createElement('script'); s.textContent = 'window.__slipped = 1'; document.body.append(s)",
        "const b = document.createElement('button'); b.setAttribute('onclick', 'window.__slipped = 1'); document.body.append(b); b.click()",
        "const d = document.createElement('div'); d.innerHTML = '<img src=x onerror=\"window.__slipped = 1\">'; document.body.append(d)",
        "(0, eval)('window.__slipped = 1')",
    ],
    ids=["script", "attribute", "image", "eval"],
)
def test_what_is_slipped_in_does_not_run(visit, address, slip_in):
    page = visit(f"{address}/index.html", errors=False)
    page.wait_for_selector("[data-widget][data-ready]")
    # later, by the page's own clock: what the debugger itself evaluates, no policy stops
    stopped = page.evaluate(
        f"""() => new Promise(done => {{
          addEventListener("securitypolicyviolation", () => done(true), {{ once: true }});
          setTimeout(() => done(false), 3000);
          setTimeout(() => {{ {slip_in} }});
        }})"""
    )
    assert stopped and page.evaluate("window.__slipped") is None


def test_the_themes_buttons_work_without_programs_in_attributes(visit, address):
    page = visit(f"{address}/index.html")
    page.evaluate("window.print = () => (window.__printed = true)")
    page.evaluate("document.querySelector('[data-do=print]').click()")
    assert page.evaluate("window.__printed")
    page.evaluate("document.documentElement.requestFullscreen = () => (window.__full = true)")
    page.evaluate("document.querySelector('[data-do=fullscreen]').click()")
    assert page.evaluate("window.__full")
