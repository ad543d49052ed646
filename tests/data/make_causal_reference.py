"""Writes causal_reference.npz: what the transformers library makes of three texts, for real/test_smollm.py.

    pip install torch transformers accelerate gguf && python tests/data/make_causal_reference.py FILE.gguf

The library reads the same file, unpacks it and undoes its order of rotations by its own code. Computed in float64. Kept
per text: the token numbers (its tokenizer's, <|endoftext|> put first); the length and first 8 coordinates of each state
after the embedding and every fifth layer; of the logits at each place the 5 highest, by number and value, and the log of the sum of exp.
"""

import datetime
import json
import sys
from pathlib import Path

import numpy as np
import torch
import transformers

TEXTS = [
    "The capital of France is",
    "In 1984, Zoë's cat weighed 3.5 kg; by 1990 it didn't.",
    " vase moon seven table vase moon seven",
]


def main(path):
    place = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    tokenizer = transformers.AutoTokenizer.from_pretrained(**place)
    model = transformers.AutoModelForCausalLM.from_pretrained(**place, attn_implementation="eager", dtype=torch.float64).eval()
    kept = {}
    for number, text in enumerate(TEXTS):
        ids = torch.tensor([[0, *tokenizer(text, add_special_tokens=False)["input_ids"]]])
        with torch.no_grad():
            out = model(ids, output_hidden_states=True)
        states = torch.cat(out.hidden_states[:-1])[::5].numpy()  # the last one is normed already
        logits = out.logits[0]
        top = logits.topk(5)
        kept[f"ids{number}"] = ids[0].numpy().astype(np.int32)
        kept[f"length{number}"] = np.linalg.norm(states, axis=-1)
        kept[f"first{number}"] = states[..., :8]
        kept[f"top{number}"], kept[f"logits{number}"] = top.indices.numpy().astype(np.int32), top.values.numpy()
        kept[f"total{number}"] = logits.logsumexp(-1).numpy()
    about = {
        "texts": TEXTS,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "date": datetime.date.today().isoformat(),
    }
    np.savez_compressed(Path(__file__).with_name("causal_reference.npz"), about=json.dumps(about), **kept)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
