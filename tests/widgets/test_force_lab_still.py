"""The still of Force lab: small, and its words carry numpy's numbers."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import tokendynamics as td
from tokendynamics.figures import style
from tokendynamics.widgets.force_lab import OF_TIME, PRESETS
from tokendynamics.widgets.force_lab.still import alt, still

STATES = {name: {k: v for k, v in preset.items() if k not in ("title", "note", *OF_TIME)} for name, preset in PRESETS.items()}
STATES["crowd"] = {
    "tokens": np.random.default_rng(0).normal(size=(24, 2)).tolist(),
    "names": [f"word{k}" for k in range(24)],
    **{name: np.random.default_rng(k).normal(size=(2, 2)).tolist() for k, name in enumerate("QKV", 1)},
    "include_self": True,
    "selected": 5,
    "scale": 0.5,
}
STATES["flat"] = STATES["identity"] | {"scale": 0.0}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", STATES)
def test_still_is_a_small_picture(name):
    picture = style.png(still(**STATES[name]))
    assert len(picture) <= 60_000
    image = Image.open(BytesIO(picture))
    assert image.width == 720 and len(image.convert("RGB").getcolors(1 << 20)) > 20


@pytest.mark.parametrize("name", STATES)
def test_words_carry_the_numbers_of_the_package(name):
    state = {"selected": 0, "scale": 1.0, "include_self": False} | STATES[name]
    text = alt(**state)
    i, options = state["selected"], {k: state[k] for k in ("scale", "include_self")}
    qk = state["tokens"], state["Q"], state["K"]
    said = [float(x) for x in re.search(r"force on it is \((.+?), (.+?)\); .* \((.+?), (.+?)\)", text).groups()]
    expected = np.concatenate([td.force(*qk, **options)[i], td.content(*qk, state["V"], **options)[i]])
    np.testing.assert_allclose(said, expected, atol=0.0051)
    assert float(re.search(r"potential is (-?[\d.]+)\.", text)[1]) == pytest.approx(td.potential(*qk, **options)[i], abs=0.0051)
    weights = [float(x) for x in re.findall(r"([\d.]+) to ", text)]
    expected = td.attention_weights(*qk, **options)[i]
    np.testing.assert_allclose(weights, expected if options["include_self"] else np.delete(expected, i), atol=0.0051)
    assert all(word in text for word in state["names"])


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"tokens": [[1, 2, 3]]}, "tokens"), ({"names": ["it"]}, "names"), ({"selected": 3}, "selected"), ({"Q": [[1, 0, 0]]}, "Q")],
)
def test_bad_input_is_told_by_name(wrong, named):
    for function in (still, alt):
        with pytest.raises(ValueError, match=rf"^{named} "):
            function(**STATES["identity"] | wrong)
