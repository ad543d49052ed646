"""Widgets: what their Python side says to the page, and what the page says to it."""

import logging

import comm
from comm.base_comm import BaseComm

from . import channel, shown, streams, told

PACE = channel.Pace()
waiting = {}  # id of a comm -> what has changed of its state, and was not said yet


class PageComm(BaseComm):
    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        data = data or {}
        if data.get("method") == "update" and not buffers:
            waiting.setdefault(self.comm_id, {}).update(data["state"])
            if PACE.free():
                flush()
        else:
            flush()
            send(msg_type.removeprefix("comm_"), self.comm_id, data, metadata, buffers, self.target_name)


def send(kind, comm_id, data=None, metadata=None, buffers=None, target_name="jupyter.widget"):
    streams.flush()
    body = {"kind": kind, "comm_id": comm_id, "target_name": target_name, "data": data or {}, "metadata": metadata or {}}
    channel.send({"comm": body}, buffers or ())


def flush():
    """The last state of each widget that a program has changed too often for a page to be told each time."""
    while waiting:
        comm_id = next(iter(waiting))
        state = waiting.pop(comm_id)
        send("msg", comm_id, {"method": "update", "state": state, "buffer_paths": []})


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
    flush()
    send("taken", comm_id)
