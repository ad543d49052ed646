"""Every slider ends where the limits end that Python reads: limits.json beside each widget."""

import importlib

import pytest

CONTROLS = {  # widget: its sliders that are one trait's each, or one part of it, by label
    "force-lab": {"β": "scale", "Step of Play": "step"},
    "trajectories": {
        "Tokens": "tokens", "β": "scale", "Step": "step", "Layers": "layers", "Turn": "yaw", "Tilt": "pitch",
    },
    "gravity-and-attention": {
        "Bodies": "bodies", "Mass of the selected": "mass", "Spin at the start": "spin", "G": "G", "Softening ε": "softening",
        "β": "scale", "Friction": "friction", "Time of a step": "step", "Steps": "steps",
    },
    "encyclopedia": {
        "Q angle": "q_angle", "K angle": "k_angle", "ridge": "ridge", "noise": "noise", "Entries": "count", "Dimension": "dimension",
        "β of attention": "scale", "σ₁ strength of index direction u₁": "sigma",
    },
    "emergence-lab": {"Steps": "steps", "Weight decay": "decay"},
    "heads-and-tasks": {"Q turn": "turns", "V stretch": "stretches"},
    "real-trajectories": {"Turn": "turn", "Tilt": "tilt"},
}  # fmt: skip


@pytest.mark.parametrize("view", CONTROLS)
def test_a_slider_ends_where_python_says(visit, desk, view):
    limits = importlib.import_module(f"tokendynamics.widgets.{view.replace('-', '_')}").LIMITS
    page = visit(desk(view))
    page.locator(".td-place").first.scroll_into_view_if_needed()
    page.wait_for_selector(f"[data-widget={view}][data-ready]", state="attached")
    root = page.locator(f"[data-widget={view}]").first
    for label, name in CONTROLS[view].items():
        own = limits[name]
        wanted = {"step": 1} | own | own.get("slider", {})
        control = root.get_by_label(label, exact=True).and_(root.locator("input[type=range]"))
        assert [float(control.get_attribute(end)) for end in ("min", "max", "step")] == [wanted[end] for end in ("min", "max", "step")], (
            label
        )
        for end in ("min", "max"):  # what the slider reaches, Python takes
            assert own.get("min", -float("inf")) <= wanted[end] <= own.get("max", float("inf")), label
