"""Formulas are finished by QuickJS, and by node where QuickJS has no wheel: the two agree, in what they give and in what they refuse."""

import importlib.util
import json

import book_maths
import pytest

no_quickjs = pytest.mark.skipif(importlib.util.find_spec("quickjs") is None, reason="QuickJS has no wheel for this system")
ENGINES = (book_maths.quickjs_engine, book_maths.node_engine)
FORMULAS = (r"\frac{a}{b}", r"\sum_k t_k a_{ik}", r"M = V (Q^{\mathsf T} K)^{-1} \tag{5}", "tᵢ ← tᵢ + V T aᵢ")


def rendered(evaluate, tex):
    return evaluate(
        f"JSON.stringify(katex.renderToString({json.dumps(tex)}, {{displayMode: true, output: 'htmlAndMathml', strict: 'ignore'}}))"
    )


@no_quickjs
def test_node_and_quickjs_finish_a_formula_alike():
    one, other = (engine() for engine in ENGINES)
    for tex in FORMULAS:
        assert rendered(one, tex) == rendered(other, tex) and "katex" in rendered(one, tex)


@pytest.mark.parametrize("engine", [pytest.param(ENGINES[0], id="quickjs", marks=no_quickjs), pytest.param(ENGINES[1], id="node")])
def test_what_is_no_formula_is_told_in_katexs_words(engine):
    with pytest.raises(ValueError, match="KaTeX parse error: Unexpected end of input"):
        rendered(engine(), r"\frac{")
