"""A notebook's kernel inside a page: one request at a time, from the worker and back to it (site/python/README.md says in which words)."""

import os

from . import cells, channel, names, streams


def begin():
    os.environ["JUPYTER_WIDGETS_ECHO"] = "0"  # the page has one view of each change: it need not hear what it said
    streams.begin()
    cells.begin()


def answer():
    """Do what the worker asks for now."""
    head, buffers = channel.asked()
    ((what, given),) = head.items()
    if what == "run":
        cells.run(**given)
    elif what == "comm":
        from . import comms  # widgets alone need it

        comms.take(given, buffers)
    elif what == "ask":
        names.tell(**given)
