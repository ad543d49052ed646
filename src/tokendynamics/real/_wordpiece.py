"""The tokens of a sentence for BERT's vocabulary, which all-MiniLM-L6-v2 shares: WordPiece (Wu et al. 2016; Devlin et al. 2019).

Text is cleaned, taken to lower case and rid of accents, cut at spaces and punctuation, and each word into the longest pieces that the
vocabulary holds. It gives what the library `tokenizers` gives, which the book does not need for it.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LONGEST_WORD = 100  # letters: a longer one is unknown
# CJK ideographs stand alone, as each may be a word; kana and Hangul do not
IDEOGRAPHS = re.compile(
    "([\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002b73f\U0002b740-\U0002b81f\U0002b920-\U0002ceaf\U0002f800-\U0002fa1f])"
)


class Encoding(NamedTuple):
    """The tokens of a text, [CLS] first and [SEP] last.

    Attributes
    ----------
    ids : list of int
        Their places in the vocabulary.
    tokens : list of str
    """

    ids: list[int]
    tokens: list[str]


@dataclass(frozen=True)
class WordPiece:
    """A tokenizer: `vocabulary` holds the pieces in order, those inside a word with ## in front."""

    vocabulary: tuple[str, ...]

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each piece stands in the vocabulary."""
        return {piece: place for place, piece in enumerate(self.vocabulary)}

    def id_to_token(self, place: int) -> str:
        """The piece at a place in the vocabulary."""
        return self.vocabulary[place]

    def encode(self, text: str) -> Encoding:
        """The tokens of a text of any script."""
        tokens = ["[CLS]"]
        for part in re.split(f"({'|'.join(map(re.escape, SPECIAL))})", text):
            tokens += [part] if part in SPECIAL else [piece for word in words(part) for piece in self.pieces(word)]
        tokens.append("[SEP]")
        return Encoding([self.places[token] for token in tokens], tokens)

    def pieces(self, word: str) -> list[str]:
        """A word as the longest pieces from its beginning on; [UNK] where there are none for all of it."""
        found: list[str] = []
        start = 0
        while start < len(word):
            ends = range(len(word), start, -1) if len(word) <= LONGEST_WORD else ()
            prefix = "##" if start else ""
            end = next((end for end in ends if prefix + word[start:end] in self.places), None)
            if end is None:
                return ["[UNK]"]
            found.append(prefix + word[start:end])
            start = end
        return found


def words(text: str) -> list[str]:
    """Words and single marks of punctuation, cleaned, in lower case and without accents."""
    clean = "".join(" " if c.isspace() else c for c in text if not _is_control(c))
    plain = unicodedata.normalize("NFD", IDEOGRAPHS.sub(r" \1 ", clean))
    lower = "".join(c.lower() for c in plain if unicodedata.category(c) != "Mn")
    return "".join(f" {c} " if _is_punctuation(c) else c for c in lower).split()


def _is_control(c):
    return c == "\ufffd" or (c not in "\t\n\r" and unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs"))


def _is_punctuation(c):
    return unicodedata.category(c).startswith("P") or c in "$+<=>^`|~"
