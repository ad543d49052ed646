"""Plotly's ways to write a trace's kind, a column of numbers and a title."""

import base64

import numpy as np


def kind(trace):
    return trace.get("type", "scatter")


def column(values):
    """Numbers as Plotly writes them: a list, with null for a gap, or bytes in base64."""
    if isinstance(values, dict):
        flat = np.frombuffer(base64.b64decode(values["bdata"]), np.dtype(values["dtype"]).newbyteorder("<"))
        return flat.reshape([int(n) for n in str(values["shape"]).split(",")]).astype(float) if "shape" in values else flat.astype(float)
    return np.array(values, dtype=float)


def words_of(part):
    """The title of a figure or an axis, which Plotly takes as a text or as a part with a text."""
    title = part.get("title", "")
    return title.get("text", "") if isinstance(title, dict) else title
