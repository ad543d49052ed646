"""What a page loads before it can be seen: one style sheet with the rules the book can use, the icons it shows, no script.

The theme's sheets style every site that might be made with it: 570 kB in eleven files, and 156 kB of icons. A rule is kept when each
class and id it asks for is a word that stands somewhere in a page or a script; so what scripts add later keeps its style.
"""

import base64
import hashlib
import io
import json
import posixpath
import re
import struct
from pathlib import Path

import book_python
import book_real_model
import tinycss2
from fontTools import subset, ttLib

SHEET = "_static/book.css"
LINK = re.compile(r'[ \t]*<link\b[^>]*\brel="stylesheet"[^>]*>\n?')
STATE = re.compile(r'\s*<script type="(application/vnd\.jupyter\.widget-state\+json)">(.*?)</script>', re.DOTALL)
STATES = "_static/state"
LATER = "{{const it=document.createElement('script');it.type={kind};it.textContent={state};document.body.append(it)}}"
BEGIN = re.compile(r'class="td-begin" data-model="(\w+)"')  # the button of a widget that waits for it: book_widgets.py
HOST = re.compile(r"<script([^>]*/host\.js)")
SEARCH = re.compile(r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>')
OPTIONS = re.compile(r'<script src="[^"]*documentation_options\.js[^"]*"></script>')
# what the theme's extensions bring to every page, and the word without which a page has no use for it
UNUSED = {
    "copybutton.js": 'class="highlight',
    "clipboard.min.js": 'class="highlight',
    "design-tabs.js": "sd-tab-",
    "togglebutton.js": r"tag_hide|admonition|[\" ]toggle[\" ]",
}
PRELOAD = re.compile(r'\s*<link rel="preload" as="script"[^>]*>')
IMAGE = re.compile(r"<img\b(?![^>]*\b(?:width|height)=)[^>]*\bsrc=\"(?![a-z]+:)([^\"?]+\.png)\"[^>]*>")


def lean(folder):
    """Make the pages of a built book lean; doing it twice changes nothing."""
    folder = Path(folder)
    pages = {path: path.read_text("utf8") for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts}
    sheets = {}
    for path, page in pages.items():
        for link in LINK.findall(page):
            made_of = re.search(r'data-of="([^"]*)"', link)
            href = re.search(r'href="([^"?]*)', link)[1]
            for name in made_of[1].split() if made_of else [relative(path.parent / href, folder)]:
                sheets[name] = True
    if not all((folder / name).exists() for name in sheets):
        return  # Sphinx found nothing to build and copied nothing: all is as it was left
    apart = {folder / book_real_model.FOLDER, folder / book_python.FOLDER}  # some 30 MB each, which style nothing
    scripts = [script.read_text("utf8") for script in folder.glob("_static/**/*.js") if apart.isdisjoint(script.parents)]
    words = set(re.findall(r"[\w-]+", "\n".join([*pages.values(), *scripts])))
    sheet = merged(folder, list(sheets), words)
    (folder / SHEET).write_text(sheet, "utf8")
    version = hashlib.sha256(sheet.encode()).hexdigest()[:8]
    options = (folder / "_static" / "documentation_options.js").read_text("utf8")
    for path, page in pages.items():
        up = relative(folder, path.parent) + "/"
        link = f'    <link rel="stylesheet" href="{up}{SHEET}?v={version}" data-of="{" ".join(sheets)}" />\n'
        mended = LINK.sub("", LINK.sub(lambda _: "\0", page, count=1)).replace("\0", link)
        mended = sized(path, state_apart(folder, path, mended))
        if path.name != "search.html":  # its own scripts run at once and count on the others
            mended = late_scripts(mended, options)
        if mended != page:
            path.write_text(mended, "utf8")
    for name in sheets:
        (folder / name).unlink(missing_ok=True)  # Sphinx copies them anew when it builds
    for font in folder.glob("_static/vendor/fontawesome/webfonts/*"):
        font.unlink()


def relative(path, folder):
    """Where a file is, seen from a folder, as an address: with / on every system."""
    return posixpath.relpath(path.as_posix(), folder.as_posix())


def merged(folder, names, words):
    """One text of all sheets, imports in their places, without the rules that nothing in the book can use."""
    rules = [rule for name in names for rule in kept(sheet_rules(folder, name), words)]
    text = "".join(rules)
    return re.sub(r"@font-face\{[^}]*fontawesome[^}]*\}", lambda face: icons(folder, face[0], text), text)


def sheet_rules(folder, name):
    """The rules of a sheet; an address in it is turned to be seen from the place of the merged one."""
    text = (folder / name).read_text("utf8")
    there = posixpath.dirname(name)
    here = posixpath.dirname(SHEET)
    text = re.sub(
        r"url\(['\"]?(?![a-z]+:|['\"#])([^)'\"]+)['\"]?\)", lambda m: f"url({posixpath.relpath(posixpath.join(there, m[1]), here)})", text
    )
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.at_keyword == "import":
            target = next(part.value for part in rule.prelude if part.type in ("string", "url"))
            yield from sheet_rules(folder, posixpath.normpath(posixpath.join(there, target)))
        elif rule.type == "error":
            continue  # what a browser skips, too
        else:
            yield rule


def kept(rules, words):
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [s for s in split(rule.prelude) if asked(s) <= words]
            if selectors:
                yield ",".join(tinycss2.serialize(s).strip() for s in selectors) + "{" + tinycss2.serialize(rule.content).strip() + "}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports", "container"):
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            body = "".join(kept(inner, words))
            if body:
                yield f"@{rule.at_keyword} {tinycss2.serialize(rule.prelude).strip()}{{{body}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword != "charset":
            yield rule.serialize()


def split(prelude):
    """The selectors of a list, each as its tokens."""
    parts = [[]]
    for token in prelude:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def asked(selector):
    """The classes and ids without which a selector cannot match; what stands in brackets is taken to match."""
    names = {token.value for token in selector if token.type == "hash"}
    return names | {b.value for a, b in zip(selector, selector[1:]) if a == "." and b.type == "ident"}


def icons(folder, face, sheet):
    """A font face of icons that carries those of the sheet only, in itself; "" where it has none of them."""
    there = re.search(r"url\(([^)]*)\.ttf\)", face)
    wanted = {int(code, 16) for code in re.findall(r"\\(f[0-9a-f]{3})\b", sheet)} | {ord(c) for c in sheet if "\ue000" <= c <= "\uf8ff"}
    path = folder / "_static" / f"{there[1]}.ttf"
    font = ttLib.TTFont(path)
    wanted &= set(font.getBestCmap())
    if not wanted:
        return ""
    cut = subset.Subsetter(subset.Options(layout_features=[], hinting=False, name_IDs=[]))
    cut.populate(unicodes=wanted)
    cut.subset(font)
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    data = base64.b64encode(out.getvalue()).decode()
    return re.sub(r"src:[^}]*", f'src:url(data:font/woff;base64,{data}) format("woff")', face)


def state_apart(folder, path, page):
    """The widgets' state comes in a file of its own, which host.js asks for after the first paint: the text need not wait for it.

    A script can be loaded from a folder too, where JSON cannot.
    """
    found = STATE.search(page)
    if not found:
        return page
    name = f"{STATES}/{path.relative_to(folder).with_suffix('').as_posix().replace('/', '-')}"
    at_once, later = parted(json.loads(found[2]), set(BEGIN.findall(page)))
    data = f'data-state="{state_file(folder, name, found[1], at_once)}"'
    if later:
        data += f' data-later="{state_file(folder, f"{name}-later", found[1], later)}"'
    page = page[: found.start()] + page[found.end() :]
    return HOST.sub(lambda host: f"<script {data}{host[1]}", page, count=1)


def state_file(folder, name, kind, state):
    """Write a script that puts a state into the page; its address from host.js, with a version."""
    held = json.dumps(state, ensure_ascii=False).replace("</", "<\\/")
    text = LATER.format(kind=json.dumps(kind), state=json.dumps(held, ensure_ascii=False))
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / f"{name}.js").write_text(text, "utf8")
    return f"{name.removeprefix('_static/')}.js?v={hashlib.sha256(text.encode()).hexdigest()[:8]}"


def read_state(path):
    """(kind, state) out of the script that `state_file` wrote."""
    text, json_at = path.read_text("utf8"), json.JSONDecoder().raw_decode
    kind, state = (json_at(text, text.index(mark) + len(mark))[0] for mark in ("it.type=", "it.textContent="))
    return kind, json.loads(state)


def parted(page, waiting):
    """The state of a page's widgets in two: of those that it shows at once, and of those in `waiting`, or None; each with its scripts and styles."""
    if not waiting:
        return page, None

    def of(models):
        names = {model["state"].get(part) for model in models.values() for part in ("_esm", "_css")}
        return page | {"state": models, "texts": {name: text for name, text in page.get("texts", {}).items() if name in names}}

    return [of({model: held for model, held in page["state"].items() if (model in waiting) == late}) for late in (False, True)]


def late_scripts(page, options):
    """No script holds the first paint up, and search is loaded where one searches."""
    end = page.index("</head>")
    head = PRELOAD.sub("", SEARCH.sub("", page[:end]))
    for name, word in UNUSED.items():
        if not re.search(word, page[end:]):
            head = re.sub(rf'\s*<script[^>]*/{re.escape(name)}[?"][^>]*></script>', "", head)
    head = OPTIONS.sub(lambda _: f"<script>{options}</script>", head)
    head = re.sub(r"<script(?![^>]*\bdefer\b)(?=[^>]* src=)", "<script defer", head)
    return head + page[end:]


def sized(path, page):
    """Pictures say how large they are, so that the text below them has its place from the start."""

    def say(found):
        picture = path.parent / found[1]
        if not picture.exists():
            return found[0]
        width, height = struct.unpack(">II", picture.read_bytes()[16:24])
        return found[0].replace("<img", f'<img width="{width}" height="{height}"', 1)

    return IMAGE.sub(say, page)
