"""The page's tokenizer beside the book's own and Python's library, on thousands of texts and on every letter of the first plane of Unicode; of Hangul and
ideographs, which are all alike, on every fortieth."""

import json
import random
import subprocess
import unicodedata
from pathlib import Path

import pytest
from node import find

from tokendynamics.real import minilm

TEXTS = [
    "The light is on.",
    "",
    "  ",
    "...",
    "don't, can’t — “quoted”, …",
    "Ünïcode Straße İstanbul ﬁ Ǆ ǅ ẞ ſ K Å",
    "ΟΔΥΣΣΕΥΣ. ΣΟΦΟΣ ΑΣ",  # the last letter of a word is another in lower case, in JavaScript alone
    "日本語のテスト 東京タワー 𠮷野家 𠀀𠀁",  # two of these stand past U+FFFF
    "한국어 문장",
    "مرحبا بالعالم हिन्दी ไทย",
    "👩‍👩‍👧 ok 😀🙂❤️",
    "zero\u200bwidth so\u00adft e\u0301 \ufeffbom",
    "[SEP] inside [MASK] and [cls] [SE [[CLS]] [UNK][PAD]",
    "a" * 100 + " " + "b" * 101 + " " + "c" * 5000,
    "𝒳" * 100,
    "https://example.org/a?q=1&b=2#c user@example.org 3.14 $5 C++ <a|b> ^`~",
    "tab\tline\r\nnul\0bad\ufffd\x0b\x0c\x1c\x85end\u2028\u2029",
    "constructor __proto__ toString hasOwnProperty",
]
SCRIPTS = [(32, 126), (0xA0, 0x24F), (0x370, 0x52F), (0x5D0, 0x64A), (0x905, 0x939), (0x1E00, 0x1FFF), (0x2010, 0x2BFF), (0x3041, 0x30FF),
           (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFF01, 0xFFDC), (0x1F300, 0x1F6FF), (0x20000, 0x2A6DF)]  # fmt: skip
# letters that an older Unicode had and a newer one put elsewhere: of Canadian syllables, Hanunoo and Mongolian
MOVED = "\u166d\u1734\u1885\u1886"


def is_old(text):
    """Whether Unicode 3.2 holds all of it: on younger marks and accents the tables of two libraries may differ. Emoji and rare ideographs are all alike."""
    both = text + unicodedata.normalize("NFD", text)
    return all(c >= "\U0001f000" or (c not in MOVED and unicodedata.ucd_3_2_0.category(c) != "Cn") for c in both)


@pytest.fixture(scope="module")
def tokenizers():
    """The book's own, and Python's library where the full weights are installed."""
    return [minilm.load(packed=True).tokenizer] + ([minilm.load(packed=False).tokenizer] if not minilm.missing() else [])


def texts(vocabulary):
    rng = random.Random(8)
    pieces = [piece.removeprefix("##") for piece in vocabulary[1000:]]
    made = list(TEXTS)
    codes = [*range(0x3400), *range(0x3400, 0xD800, 40), *range(0xE000, 0x10000)]
    made += [f"a{chr(code)}b" for code in codes]
    for _ in range(2000):
        scripts = rng.sample(SCRIPTS, 2)
        made.append(
            "".join(rng.choice((chr(rng.randint(*rng.choice(scripts))), " ", rng.choice(pieces))) for _ in range(rng.randint(1, 40)))
        )
        made.append(" ".join(rng.choice(pieces).upper() for _ in range(rng.randint(1, 30))))
    return [text for text in made if is_old(text)]


def encoded(given):
    script = Path(__file__).with_name("tokenizer.mjs")
    made = subprocess.run(
        [find("node"), str(script)], input=json.dumps(given), capture_output=True, encoding="utf8", check=True, timeout=600
    )
    return json.loads(made.stdout)


def test_it_gives_what_python_gives(tokenizers):
    given = texts(tokenizers[0].vocabulary)
    assert len(given) > 15_000 and sum(len(text) > 3 for text in given) > 2500
    for text, got in zip(given, encoded(given), strict=True):
        for tokenizer in tokenizers:
            wanted = tokenizer.encode(text)
            assert (got["ids"], got["tokens"]) == (wanted.ids, wanted.tokens), ascii(text)


def test_half_a_letter_is_left_out():
    """Python's library takes no such text; a reader's keyboard may send one."""
    got = encoded(["a\ud800b", "\udc00", "\ud83d ok"])
    assert [each["tokens"][1:-1] for each in got] == [["ab"], [], ["ok"]]
