"""all-MiniLM-L6-v2 in 8 bits a number: what the book ships, for a reader who has not installed the full weights. `real.pack` makes it.

A matrix is whole numbers from −127 to 127 with one scale a row; what is no matrix stays float32. Each layer is a file, and the table of
words is cut into shards of 256 in the vocabulary's order, in which frequent words lie together: who asks for one sentence reads
a few shards, not 12 MB. `card.json` says what stands in each file, its SHA-256, and where the weights come from.
"""

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .. import _checks, _data
from .._typing import Array
from ._wordpiece import WordPiece

FOLDER = _data.DATA / "minilm"
WORDS = "embeddings.word_embeddings.weight"


class Entry(NamedTuple):
    """An array of a file: its name, its shape, and its kind, int8 with a scale a row or float32."""

    name: str
    shape: list[int]
    kind: str


def packed(array: Array) -> bytes:
    """An array as bytes: float32 if it is no matrix; of a matrix the scales of its rows, float32, then its numbers, int8.

    Parameters
    ----------
    array : (…) array of finite numbers

    Returns
    -------
    bytes
        Little-endian. Of a matrix each number comes back with an error of at most half its row's scale.
    """
    array = _checks.array("array", array, ndim_min=1, shape="(…)").astype("<f4")
    if array.ndim != 2:
        return array.tobytes()
    scales = np.abs(array).max(axis=1) / np.float32(127)  # (rows,)
    scales[scales == 0] = 1
    return scales.astype("<f4").tobytes() + np.rint(array / scales[:, None]).astype(np.int8).tobytes()


def unpacked(data: bytes, entries: list[Entry]) -> dict[str, Array]:
    """The arrays of a file by their names, float32.

    Raises
    ------
    ValueError
        Where the file is longer or shorter than its entries say.
    """
    found, at = {}, 0
    wanted = sum(_size(entry) for entry in entries)
    if len(data) != wanted:
        raise ValueError(f"data must be {wanted} bytes for its entries; got {len(data)}")
    for entry in entries:
        part, at = data[at : at + _size(entry)], at + _size(entry)
        if entry.kind == "float32":
            found[entry.name] = np.frombuffer(part, "<f4").reshape(entry.shape)
        else:
            rows = entry.shape[0]
            scales, numbers = np.frombuffer(part, "<f4", rows), np.frombuffer(part, np.int8, offset=4 * rows)
            found[entry.name] = scales[:, None] * numbers.reshape(entry.shape)
    return found


def _size(entry):
    numbers = int(np.prod(entry.shape))
    return 4 * numbers if entry.kind == "float32" else numbers + 4 * entry.shape[0]


def read(file: str, folder: Path = FOLDER) -> dict[str, Array]:
    """The arrays of one of the shipped files, held to its SHA-256."""
    return _read(file, folder, _data.read("card.json", folder)["files"][file])


def _read(file, folder, about):
    data = (folder / file).read_bytes()
    if hashlib.sha256(data).hexdigest() != about["sha256"]:
        raise ValueError(f"{folder / file} is damaged: its SHA-256 is not what card.json says. Install the package again")
    return unpacked(data, [Entry(*entry) for entry in about["arrays"]])


def read_all(folder: Path | str = FOLDER) -> tuple[dict[str, Array], WordPiece]:
    """All shipped arrays by their names in the model's file, and the tokenizer."""
    folder = _checks.path("folder", folder)
    weights: dict[str, Array] = {}
    words = []
    for file, about in _data.read("card.json", folder)["files"].items():
        arrays = _read(file, folder, about)
        words += [arrays.pop(WORDS)] if WORDS in arrays else []
        weights |= arrays
    weights[WORDS] = np.concatenate(words)
    vocabulary = (folder / "vocabulary.txt").read_text("utf8").split("\n")
    return weights, WordPiece(tuple(vocabulary))
