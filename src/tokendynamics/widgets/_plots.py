"""Plots by plotly.js, which the page asks for when one is reached: where there is a kernel, Python sends it."""

import gzip

from ._live import STATIC, Live


class Plotted(Live):
    """A widget with plots. On the book's page they need no Python: the script is a file there (`ui/plotly.js`)."""

    def __init__(self, **state):
        super().__init__(**state)
        self.on_msg(self._send_plotly)

    def _send_plotly(self, widget, content, buffers):
        if content == {"want": "plotly.js"}:
            packed = gzip.compress((STATIC / "plotly.js").read_bytes(), 6)  # a notebook server limits how much may pass in a second
            self.send({"sent": "plotly.js"}, buffers=[packed])
