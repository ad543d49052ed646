"""Figures and traces as plotly has them, without its checks: the page draws what they hold, and plotly.js says nothing of a name it does not know."""

import numpy as np

MIME = "application/vnd.plotly.v1+json"


class Part(dict):
    """A piece of a figure: a dict whose names may be written with a dot, or, where they are set, joined by _."""

    def __init__(self, given=None, **more):
        super().__init__()
        self.update(given or {}, **more)

    def update(self, given=None, **more):
        for name, value in ((given or {}) | more).items():
            here, *below = name.split("_")
            if below:
                value = {"_".join(below): value}
            if here == "title" and isinstance(value, str):
                value = {"text": value}
            if isinstance(value, dict) and isinstance(self.get(here), Part):
                self[here].update(value)
            else:
                self[here] = Part(value) if isinstance(value, dict) else value
        return self

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self.setdefault(name, Part())

    def __setattr__(self, name, value):
        self.update({name: value})


def __getattr__(name):
    """`Scatter`, `Scatter3d`, `Surface` …: a trace of that kind; `Layout`: a piece of a figure."""
    if not name[:1].isupper():
        raise AttributeError(f"module 'plotly.graph_objects' has no attribute {name!r} in a page")
    if name == "Layout":
        return Part
    return lambda given=None, **more: Part({"type": name.lower()} | (given or {}), **more)


class Figure:
    """Traces and a layout, shown live below the cell."""

    def __init__(self, data=(), layout=None, **options):
        self.data = [Part(trace) for trace in ([data] if isinstance(data, dict) else data or [])]
        self.layout = Part(layout)

    def add_trace(self, trace, **options):
        self.data.append(Part(trace))
        return self

    def add_traces(self, traces, **options):
        self.data += [Part(trace) for trace in traces]
        return self

    def update_traces(self, given=None, **more):
        for trace in self.data:
            trace.update(given, **more)
        return self

    def update_layout(self, given=None, **more):
        self.layout.update(given, **more)
        return self

    def to_plotly_json(self):
        return {"data": _plain(self.data), "layout": _plain(self.layout)}

    to_dict = to_plotly_json

    def show(self, *_, **options):
        from IPython.display import display

        display(self)

    def __repr__(self):
        return f"Figure with {len(self.data)} traces"

    def _repr_mimebundle_(self, **options):
        return {MIME: self.to_plotly_json()}


def _plain(value):
    """What JSON can carry: arrays as lists, and null, where a line breaks, for nan."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (np.ndarray, np.generic)):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple, range)):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
