"""The real model beside the pages, for a reader who asks for it: its files as scripts, since a page opened from a folder may load nothing else.

`_static/minilm` holds `card.js` (what stands in which file, and each file's pieces with their sizes and CRC-32), the vocabulary, the weights in
pieces, and the script of the worker that computes. Each script hands its text to the tag that asked for it (widgets/real_trajectories/live/model.js),
bytes in base64. No page asks for any of it before its reader does.
"""

import base64
import json
import math
import zlib
from pathlib import Path

FOLDER = "_static/minilm"
PACKAGE = Path(__file__).parents[1] / "src/tokendynamics"
MODEL = PACKAGE / "data/minilm"
WORKER = PACKAGE / "widgets/static/real-model-worker.js"
PIECE = 600_000  # bytes at most: what comes is counted in pieces, and what is lost is lost by the piece
HAND_OVER = 'document.currentScript.dispatchEvent(new CustomEvent("text", {{ detail: {} }}));\n'


def write(folder, source=MODEL):
    """Write the model's scripts into a built book; where they stand already, nothing is written.

    Parameters
    ----------
    folder : path of the built book
    source : path of the packed model, as `real.pack` writes it
    """
    place, source = Path(folder) / FOLDER, Path(source)
    known = json.loads((source / "card.json").read_text("utf8"))
    worker = WORKER.read_bytes()
    files = {"vocabulary.txt": pieces((source / "vocabulary.txt").read_bytes(), "vocabulary")}
    for name in known["files"]:
        files[name] = pieces((source / name).read_bytes(), name.removesuffix(".bin"))
    card = {
        "heads": known["heads"],
        "shard": known["shard"],
        "worker": {"script": "worker.js", "crc": crc(worker)},
        "files": {name: described(parts) | {"arrays": known["files"].get(name, {}).get("arrays", [])} for name, parts in files.items()},
    }
    text = handed_over(json.dumps(card, separators=(",", ":")))
    if stands(place, text, files):
        return
    place.mkdir(parents=True, exist_ok=True)
    for old in place.iterdir():
        old.unlink()
    (place / "worker.js").write_text(handed_over(worker.decode("utf8")), "utf8")
    for name, parts in files.items():
        for script, part in parts.items():
            whole = part.decode("utf8") if name.endswith(".txt") else base64.b64encode(part).decode("ascii")
            (place / script).write_text(handed_over(whole), "utf8")
    (place / "card.js").write_text(text, "utf8")  # last: where it stands, all that it names does


def pieces(data, stem):
    """A file's bytes by the script that each part of them goes into; a piece's length can be divided by three, as base64 likes it."""
    count = math.ceil(len(data) / PIECE)
    size = 3 * math.ceil(len(data) / count / 3)
    names = [f"{stem}.js"] if count == 1 else [f"{stem}-{i + 1}.js" for i in range(count)]
    return {name: data[i * size : (i + 1) * size] for i, name in enumerate(names)}


def described(parts):
    return {
        "bytes": sum(map(len, parts.values())),
        "pieces": [{"script": script, "bytes": len(part), "crc": crc(part)} for script, part in parts.items()],
    }


def stands(place, card, files):
    written = place / "card.js"
    names = [script for parts in files.values() for script in parts]
    return written.exists() and written.read_text("utf8") == card and all((place / name).exists() for name in ["worker.js", *names])


def crc(data):
    return f"{zlib.crc32(data):08x}"


def handed_over(text):
    return HAND_OVER.format(json.dumps(text, ensure_ascii=False))
