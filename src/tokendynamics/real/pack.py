"""Pack all-MiniLM-L6-v2 to 8 bits a number, as the book ships it.

    python -m tokendynamics.real.pack --out src/tokendynamics/data/minilm

The full weights must be installed, see `minilm.missing`. `real._packed` says how numbers are kept, and reads them.
"""

import hashlib
import json
from pathlib import Path

from .. import _data
from . import minilm
from ._packed import WORDS, Entry, packed

SHARD = 256  # words in a file


def pack(model: minilm.Model, folder: Path) -> None:
    """Write a model's files, as `_packed.read_all` reads them, and the card that says what they are."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for file, names in _contents(model.weights).items():
        data, entries = b"", []
        for name, array in names.items():
            data += packed(array)
            entries.append(Entry(name, list(array.shape), "int8" if array.ndim == 2 else "float32"))
        (folder / file).write_bytes(data)
        files[file] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "arrays": entries}
    made = _data.about(
        what="all-MiniLM-L6-v2, 8 bits a number with one scale a row; LayerNorms and biases float32",
        command="python -m tokendynamics.real.pack --out src/tokendynamics/data/minilm",
        model=minilm.CARD,
        changed="The numbers of each matrix are rounded to 8 bits. The pooler, which the book does not use, is left out.",
    )
    card = made | {"heads": model.n_heads, "shard": SHARD, "files": files}
    (folder / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", "utf8", newline="\n")


def _contents(weights):
    """{file: {name: array}}: the embeddings without the words, each layer, the words in shards."""
    used = {
        name: weights[name] for name in sorted(weights) if name.startswith(("embeddings.", "encoder.")) and weights[name].dtype.kind == "f"
    }
    words = used.pop(WORDS)
    files = {"embeddings.bin": {name: used[name] for name in used if name.startswith("embeddings.")}}
    for layer in range(minilm.n_layers(weights)):
        files[f"layer-{layer + 1}.bin"] = {name: used[name] for name in used if name.startswith(f"encoder.layer.{layer}.")}
    for shard in range(-(-len(words) // SHARD)):
        files[f"words-{shard:03}.bin"] = {WORDS: words[shard * SHARD : (shard + 1) * SHARD]}
    return files


def main():
    """Pack the full weights; the vocabulary and the licence come from the same files."""
    options = _data.parser("real.pack", __doc__.splitlines()[0], "the folder to write").parse_args()
    model = minilm.load(options.weights, packed=False)
    pack(model, options.out)
    places = model.tokenizer.get_vocab()
    text = "\n".join(sorted(places, key=places.get))
    (options.out / "vocabulary.txt").write_text(text, "utf8", newline="\n")
    print(f"{sum(path.stat().st_size for path in options.out.iterdir()) / 1e6:.1f} MB in {options.out}")


if __name__ == "__main__":
    _data.command(main)
