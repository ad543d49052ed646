"""An encyclopedia with real entries: countries and their capitals, as vectors of a real model.

The vector of a text is the mean over its tokens, [CLS] and [SEP] included, of their states after the last layer of
all-MiniLM-L6-v2, at length 1: what the model's makers call the sentence embedding. Three texts a row: the country's
name, the capital's name, and the question "What is the capital of …?".

384 numbers a text are more than 173 countries need. The shipped file keeps 128 coordinates, in an orthonormal basis of the
directions that carry most of the names' squared length (a singular value decomposition, nothing subtracted).
`python -m tokendynamics.memory.countries --out countries.npz` makes it again.
"""

import csv
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from .. import _checks, _data
from .._arrays import sized, unit
from .._typing import Array, ArrayLike

NAMES = files("tokendynamics") / "data" / "countries.tsv"
SHIPPED = files("tokendynamics") / "data" / "countries.npz"
QUESTION = "What is the capital of {}?"
KEPT = 128


class Countries(NamedTuple):
    """n countries; the vectors are float64, (n, d), one text a row."""

    names: list[str]
    capitals: list[str]
    country: np.ndarray  # vectors of the names
    capital: np.ndarray
    question: np.ndarray  # vectors of "What is the capital of …?"
    about: dict[str, Any]  # provenance; "kept": the share of squared length that the coordinates hold, by table


def countries(*, centred: bool = True) -> Countries:
    """The shipped pairs, d = 128.

    Parameters
    ----------
    centred : bool, default True
        Takes from each table its own mean and gives each row length 1 again: what texts of one kind have in
        common says nothing about which one it is. Otherwise the vectors are as they come.

    Returns
    -------
    Countries
    """
    centred = _checks.flag("centred", centred)
    names, capitals = read_names()
    with SHIPPED.open("rb") as file, np.load(file) as stored:
        tables = {name: stored[name].astype(np.float64) for name in ("country", "capital", "question")}
        about = json.loads(str(stored["about"]))
    if centred:
        tables = {name: centre(table) for name, table in tables.items()}
    return Countries(names, capitals, **tables, about=about)


def centre(vectors: ArrayLike) -> Array:
    """Rows less their mean, each at length 1; a row that is the mean stays 0.

    Parameters
    ----------
    vectors : (n, d) array

    Returns
    -------
    (n, d) array
    """
    vectors = sized(_checks.array("vectors", vectors, ndim_min=2, shape="(n, d)"), axis=(-2, -1))[0]
    return unit(vectors - vectors.mean(axis=-2, keepdims=True))


def read_names() -> tuple[list[str], list[str]]:
    """Countries and capitals, from the shipped file with these two columns."""
    with NAMES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [row["country"] for row in rows], [row["capital"] for row in rows]


def sentence_vectors(model: Any, texts: Sequence[str]) -> Array:
    """The model's vector of each text, at length 1.

    Parameters
    ----------
    model : as `real.minilm.load` gives it
    texts : n str

    Returns
    -------
    (n, 384) array
    """
    means = np.stack([model.hidden_states(text)[-1].astype(np.float64).mean(axis=0) for text in texts])
    return means / np.linalg.norm(means, axis=1, keepdims=True)


def _compute(model, names, capitals):
    """The three tables, (n, KEPT) float16, and the share of squared length that each keeps, by name."""
    asked = [QUESTION.format(name) for name in names]
    full = {key: sentence_vectors(model, texts) for key, texts in (("country", names), ("capital", capitals), ("question", asked))}
    basis = np.linalg.svd(np.concatenate([full["country"], full["capital"]]), full_matrices=False)[2][:KEPT]
    basis *= np.sign(basis[np.arange(len(basis)), np.abs(basis).argmax(axis=1)])[:, None]  # the same on every machine
    tables = {key: (table @ basis.T).astype(np.float16) for key, table in full.items()}
    return tables, {key: round(float((table.astype(float) ** 2).sum(axis=1).mean()), 3) for key, table in tables.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Compute the vectors of countries and capitals."""
    from ..real import minilm

    options = _data.parser("memory.countries", main.__doc__, out="the .npz file to write").parse_args(arguments)
    tables, kept = _compute(minilm.load(options.weights, packed=False), *read_names())
    about = _data.about(
        what="Sentence vectors of country names, capitals and questions; see tokendynamics.memory.countries",
        command=f"python -m tokendynamics.memory.countries --out {options.out.name}",
        model=minilm.CARD,
        names="compiled for this book, CC BY 4.0; no capital shares a word with its country",
        kept=kept,
    )
    np.savez_compressed(options.out, about=json.dumps(about), **tables)
    print(f"{options.out}: {len(tables['country'])} countries, {options.out.stat().st_size / 1000:.0f} kB, kept {kept}")


if __name__ == "__main__":
    _data.command(main)
