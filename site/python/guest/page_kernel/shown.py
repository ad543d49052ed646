"""What a notebook shows of a value: a bundle of forms, of which the page takes the richest that it can."""

import base64
import io
import sys
import uuid

from IPython.lib.pretty import pretty

from . import channel, streams

PACE = channel.Pace()
METHODS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "image/jpeg": "_repr_jpeg_",
    "application/json": "_repr_json_",
}


class DisplayHandle:
    """What was shown under a name, to be shown anew."""

    def __init__(self, display_id=None):
        self.display_id = display_id or uuid.uuid4().hex

    def display(self, value, **options):
        display(value, display_id=self.display_id, **options)

    def update(self, value, **options):
        update_display(value, display_id=self.display_id, **options)


def display(
    *values, include=None, exclude=None, metadata=None, transient=None, display_id=None, raw=False, clear=False, update=False, **options
):
    """Show values below the cell, as IPython's function of that name does; with a `display_id`, a handle to show them anew."""
    if clear:
        clear_output(wait=True)
    handle = DisplayHandle(None if display_id is True else display_id) if display_id else None
    name = handle and handle.display_id
    for value in values:
        if raw:
            show(value, metadata or {}, "update" if update else "display", name)
        elif hasattr(value, "_ipython_display_"):
            value._ipython_display_()
        else:
            show(*bundle(value, metadata), "update" if update else "display", name)
    return None if update else handle


def update_display(value, *, display_id, **options):
    """Show a value in the place of what was shown under that name."""
    display(value, display_id=display_id, update=True, **options)


def clear_output(wait=False):
    """Take away what the cell has shown; with `wait`, when the next thing is shown."""
    say("clear", wait=bool(wait))


def show(data, metadata, kind="display", display_id=None):
    say(kind, data=data, metadata=metadata, **({"display_id": display_id} if display_id else {}))


def say(kind, **body):
    streams.flush()
    PACE.wait()
    channel.send({kind: body})


def bundle(value, metadata=None):
    """(data, metadata) of a value, in the forms that its own methods give."""
    data, about = {"text/plain": pretty(value)}, dict(metadata or {})
    if isinstance(value, type):
        return data, about
    if is_figure(value):
        return data | {"image/png": png(value)}, about
    if many := _called(value, "_repr_mimebundle_"):
        forms, more = many if isinstance(many, tuple) else (many, {})
        data |= {mime: _text(form) for mime, form in forms.items()}
        about |= more
    for mime, method in METHODS.items():
        if mime not in data and (form := _called(value, method)) is not None:
            form, more = form if isinstance(form, tuple) else (form, None)
            data[mime] = _text(form)
            if more:
                about[mime] = more
    return data, about


def _called(value, method):
    found = getattr(value, method, None)
    return found() if callable(found) else None


def _text(form):
    return base64.b64encode(form).decode() if isinstance(form, bytes) else form


def is_figure(value):
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(value, module.Figure)


def png(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight", facecolor=figure.get_facecolor(), edgecolor=figure.get_edgecolor())
    return base64.b64encode(buffer.getvalue()).decode()
