"""The slider that Chapter 1 makes by `interact`: it moves what its function prints."""

import json
from pathlib import Path

import numpy as np

import tokendynamics as td

CHAPTER = Path(__file__).parents[2] / "chapters/01_tokens_as_particles.ipynb"


def test_a_slider_of_ones_own_moves_what_is_printed(capsys):
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(CHAPTER.read_text("utf8"))["cells"]}
    space = {"np": np, "td": td, "eye": np.eye(2)}
    exec(cells["by-hand-code"], space)
    exec(cells["interact-code"], space)
    (slider,) = space["shares_at"].widget.kwargs_widgets
    for beta in (0.0, 8.0):
        capsys.readouterr()
        slider.value = beta
        weights = td.attention_weights(space["tokens"], space["eye"], space["eye"], scale=beta)[0]
        assert f"beta {beta}: cat {weights[1]:.3f}, mat {weights[2]:.3f}" in capsys.readouterr().out
