"""Writes real_reference.npz: what the transformers library makes of three sentences, for real/test_minilm.py.

    pip install torch transformers && python tests/data/make_real_reference.py FOLDER

FOLDER holds the model's config.json, model.safetensors and tokenizer.json. Computed in float64. Kept per sentence: the
token numbers; for every layer and token the first 16 coordinates and the length of its state; for every layer, head and
token the attention that it pays to [CLS].
"""

import datetime
import json
import sys
from pathlib import Path

import numpy as np
import torch
import transformers

SENTENCES = [
    "The soft evening light fell across the kitchen table.",
    "He sat on the bank of the river and watched a heron.",
    "Unhappily, Zoë's cat (aged 17) ate 3.5 kg of naïve tofu!",
]


def main(folder):
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float64).eval()
    kept = {}
    for number, sentence in enumerate(SENTENCES):
        encoded = tokenizer(sentence, return_tensors="pt")
        with torch.no_grad():
            out = model(**encoded, output_hidden_states=True, output_attentions=True)
        states = torch.cat(out.hidden_states).numpy()
        kept[f"ids{number}"] = encoded["input_ids"][0].numpy().astype(np.int32)
        kept[f"first{number}"] = states[..., :16].astype(np.float32)
        kept[f"length{number}"] = np.linalg.norm(states, axis=-1).astype(np.float32)
        kept[f"to_cls{number}"] = torch.cat(out.attentions)[..., 0].numpy().astype(np.float32)
    about = {
        "sentences": SENTENCES,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "date": datetime.date.today().isoformat(),
    }
    np.savez_compressed(Path(__file__).with_name("real_reference.npz"), about=json.dumps(about), **kept)


if __name__ == "__main__":
    main(sys.argv[1])
