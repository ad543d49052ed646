"""A Content-Security-Policy in every page: scripts and requests come from the book itself, and nothing is evaluated.

Scripts that stand in a page are named by their hash, so one that somebody slips in does not run. `blob:` is for the
widgets' modules and workers, which the page holds as text (see host.js). Styles may stand in the page: finished maths has its
measures there. A widget's text is never read as HTML in the first place; this is the second lock. A page whose cells run may compile
WebAssembly, which is what Python there is made of, and evaluates as little as any other.
"""

import base64
import hashlib
import re

import book_cells

SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL | re.IGNORECASE)
FIRST = re.compile(r"<meta charset=[^>]*>|<head>(?!.*<meta charset)", re.DOTALL)
FIXED = (
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
)


def with_policy(page, trusting=False):
    """The page's text with its policy before the first script; a page that has one gets a new one. In a `trusting` one, what the named scripts
    bring may run too: there no file is the page's own, as in a sandbox."""
    page = re.sub(r'\n<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    scripts = dict.fromkeys(digest(found["text"]) for found in SCRIPT.finditer(page) if runs(found))
    python = ["'wasm-unsafe-eval'"] * (book_cells.DATA in page)
    rules = [FIXED[0], " ".join(["script-src 'self' blob:", *["'strict-dynamic'"] * trusting, *python, *scripts]), *FIXED[1:]]
    meta = f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'
    return FIRST.sub(lambda first: f"{first[0]}\n{meta}", page, count=1)  # the charset has to stand within the first kilobyte


def runs(script):
    """Whether a script tag holds a program, not data, and holds it itself."""
    attributes = script["attributes"]
    kind = re.search(r"type=[\"']?([^\"'\s>]+)", attributes)
    return "src=" not in attributes and (not kind or kind[1] in ("text/javascript", "module"))


def digest(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
