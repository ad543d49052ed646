"""Figures of Chapter 1 show themselves, apart from pyplot."""

import subprocess
import sys
from io import BytesIO

import numpy as np
from PIL import Image

from tokendynamics.figures import chapter1
from tokendynamics.widgets.force_lab import PRESETS


def test_other_figures_show_themselves():
    state = PRESETS["identity"]
    ratios = {"control": np.linspace(0, 1, 50), "attention": np.linspace(0, 0.5, 50)}
    for figure in (
        chapter1.step_by_the_mean(state["tokens"], state["Q"], state["K"], state["V"], names=state["names"]),
        chapter1.third_law(ratios, xlabel="ratio"),
    ):
        assert Image.open(BytesIO(figure._repr_png_())).width == 720


def test_the_package_is_light_until_it_draws_and_pyplot_stays_out():
    code = (
        "import sys, tokendynamics.figures.chapter1 as f; from tokendynamics.figures.style import png; assert 'matplotlib' not in sys.modules;"
        "png(f.step_by_the_mean([[0, 1], [1, 0]], *[[[1, 0], [0, 1]]] * 3, names='ab'));"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=600)
