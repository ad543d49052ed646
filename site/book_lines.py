"""How long each paragraph is, for the browser: what is far from the reader need not be laid out yet, if its height is about known (style.css)."""

import html
import re

PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
UNSEEN = re.compile(r'<span class="katex-mathml">.*?</math></span>|<[^>]*>', re.DOTALL)


def with_lengths(body):
    """A page's HTML, each of its plain paragraphs with the number of its letters."""
    return PARAGRAPH.sub(lambda found: f'<p style="--letters: {letters(found[1])}">{found[1]}</p>', body)


def letters(inside):
    return len(html.unescape(UNSEEN.sub("", inside)))
