"""The book's own tokenizer beside the library, on thousands of texts, and on what it says of the words it does not know."""

import random
import unicodedata

import pytest

from tokendynamics.real import minilm
from tokendynamics.real._packed import read_all
from tokendynamics.real._wordpiece import words

TEXTS = [
    "The light is on.",
    "  ",
    "",
    "don't, can’t — “quoted”, …",
    "Ünïcode Straße İstanbul ﬁ ΟΔΥΣΣΕΥΣ",
    "日本語のテスト 東京タワー",
    "한국어 문장",
    "مرحبا بالعالم",
    "👩‍👩‍👧 ok 😀",
    "zero\u200bwidth so\u00adft e\u0301",
    "[SEP] inside [MASK] and [cls]",
    "a" * 100 + " " + "b" * 101,
    "https://example.org/a?q=1&b=2#c user@example.org 3.14 $5",
    "tab\tline\r\nnul\0bad\ufffd\x0b\x0c\x1c\x85end",
]
SCRIPTS = [(32, 126), (0xA0, 0x24F), (0x370, 0x52F), (0x5D0, 0x64A), (0x905, 0x939), (0x1E00, 0x1FFF), (0x2010, 0x2BFF), (0x3041, 0x30FF),
           (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFF01, 0xFFDC), (0x1F300, 0x1F6FF), (0x20000, 0x2A6DF)]  # fmt: skip


def is_young(text):
    """Whether it holds a mark of punctuation that the library's tables, of an older Unicode, take for a letter: these two may then differ."""
    marks = [c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c).startswith("P")]
    return any(unicodedata.ucd_3_2_0.category(c) == "Cn" for c in marks)


@pytest.fixture(scope="module")
def ours():
    return read_all()[1]


def test_it_gives_what_the_library_gives(ours):
    pytest.importorskip("tokenizers")
    if minilm.find() is None:
        pytest.skip(minilm.missing())
    library = minilm.load(packed=False).tokenizer
    rng = random.Random(7)
    pieces = [piece.removeprefix("##") for piece in ours.vocabulary[1000:]]
    texts = list(TEXTS)
    for _ in range(2000):
        scripts = rng.sample(SCRIPTS, 2)
        texts.append(
            "".join(rng.choice((chr(rng.randint(*rng.choice(scripts))), " ", rng.choice(pieces))) for _ in range(rng.randint(1, 40)))
        )
        texts.append(" ".join(rng.choice(pieces) for _ in range(rng.randint(1, 30))))
    checked = [text for text in texts if not is_young(text)]
    assert len(checked) > 3500
    for text in checked:
        wanted, got = library.encode(text), ours.encode(text)
        assert (got.ids, got.tokens) == (wanted.ids, wanted.tokens), ascii(text)


def test_words_and_pieces_by_hand(ours):
    assert words("Café-au-lait, s'il vous plaît!") == ["cafe", "-", "au", "-", "lait", ",", "s", "'", "il", "vous", "plait", "!"]
    assert ours.encode("The embeddings move.").tokens == ["[CLS]", "the", "em", "##bed", "##ding", "##s", "move", ".", "[SEP]"]
    assert ours.encode("🙂").tokens == ["[CLS]", "[UNK]", "[SEP]"]
    assert ours.encode("").ids == [101, 102]
