"""Widgets: what their Python side says to the page, and what the page says to it."""

import logging

import comm
from comm.base_comm import BaseComm

from . import channel, shown, streams, told


class PageComm(BaseComm):
    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        streams.flush()
        kind = msg_type.removeprefix("comm_")
        body = {"kind": kind, "comm_id": self.comm_id, "target_name": self.target_name, "data": data or {}, "metadata": metadata or {}}
        channel.send({"comm": body}, buffers or ())


class Raised(logging.Handler):
    """Where there is no shell, ipywidgets catches what an observer raises, and logs it."""

    def emit(self, record):
        if record.exc_info:
            shown.say("error", **told.of(record.exc_info[1], ""))


logging.getLogger("traitlets").addHandler(Raised())


def take(message, buffers):
    """A message of the page's side of a widget. That it was taken is said: until then the page sends no other."""
    comm_id = message["comm_id"]
    found = comm.get_comm_manager().comms.get(comm_id)  # None: of a session before this one
    try:
        if found is not None:
            found.handle_msg({"content": message, "buffers": buffers, "metadata": {}})
    except BaseException as error:  # an observer ends itself, not the session
        shown.say("error", **told.of(error, ""))
    streams.flush()
    channel.send({"comm": {"kind": "taken", "comm_id": comm_id, "target_name": "", "data": {}, "metadata": {}}})
