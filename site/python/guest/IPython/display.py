"""What cells show by hand."""

import base64
import json
from pathlib import Path

from page_kernel.shown import DisplayHandle, clear_output, display, update_display

__all__ = [
    "HTML",
    "JSON",
    "SVG",
    "DisplayHandle",
    "Image",
    "Latex",
    "Markdown",
    "Math",
    "Pretty",
    "clear_output",
    "display",
    "update_display",
]


class _Shown:
    """A value that is shown in one form, from text or from a file of the session."""

    mime, binary = "text/plain", False

    def __init__(self, data=None, url=None, filename=None, metadata=None, **options):
        if url is not None:
            raise ValueError("a page shows nothing from elsewhere: give data or a file of the session")
        if filename is not None:
            data = Path(filename).read_bytes() if self.binary else Path(filename).read_text("utf8")
        self.data, self.metadata, self.options = data, metadata or {}, options

    def __repr__(self):
        return f"<IPython.core.display.{type(self).__name__} object>"

    def _repr_mimebundle_(self, **_):
        return {self.mime: self.data}, ({self.mime: self.metadata} if self.metadata else {})


class HTML(_Shown):
    mime = "text/html"


class Markdown(_Shown):
    mime = "text/markdown"


class Latex(_Shown):
    mime = "text/latex"


class Math(Latex):
    def _repr_mimebundle_(self, **_):
        return {self.mime: f"$\\displaystyle {self.data.strip('$')}$"}


class SVG(_Shown):
    mime = "image/svg+xml"


class Pretty(_Shown):
    pass


class JSON(_Shown):
    mime = "application/json"

    def _repr_mimebundle_(self, **_):
        return {self.mime: json.loads(self.data) if isinstance(self.data, str) else self.data}


class Image(_Shown):
    binary = True

    def __init__(self, data=None, url=None, filename=None, format=None, width=None, height=None, alt=None, **options):
        super().__init__(data, url, filename, **options)
        if isinstance(self.data, str):  # a name of a file
            self.data = Path(self.data).read_bytes()
        self.mime = "image/jpeg" if self.data[:2] == b"\xff\xd8" else "image/png"
        self.metadata |= {key: value for key, value in (("width", width), ("height", height), ("alt", alt)) if value}

    def _repr_mimebundle_(self, **_):
        return {self.mime: base64.b64encode(self.data).decode()}, ({self.mime: self.metadata} if self.metadata else {})
