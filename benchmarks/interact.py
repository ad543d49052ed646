"""The same picture the usual way: ipywidgets' `interact` and matplotlib in a real kernel, a slider moving one token.

Gives milliseconds from the message that moves the slider to the kernel's word that it is idle again, the picture sent. What a
browser then needs to show it is not counted, so the usual way is a little slower than this says.
"""

import time

from jupyter_client.manager import start_new_kernel

SETUP = """
import json
import matplotlib
matplotlib.use("module://matplotlib_inline.backend_inline")
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, interact
from tokendynamics.widgets.force_lab.still import still as force_lab_still

state = json.loads({state!r})
tokens = np.array(state.pop("tokens"))

def draw(x):
    tokens[1, 0] = x
    fig, ax = plt.subplots(figsize=(5.4, 4.6))
    force_lab_still(tokens=tokens, ax=ax, **state)
    plt.show()

slider = FloatSlider(min=-3, max=3)
interact(draw, x=slider);
"""


def milliseconds(state, moves=8):
    """A list of times for `state`, the JSON text of Force lab's state without its step."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        _run(client, SETUP.format(state=state))
        times = []
        for i in range(moves):
            begin = time.perf_counter()
            pictures = _run(client, f"slider.value = {0.1 * i + 0.05}")
            times.append((time.perf_counter() - begin) * 1e3)
            if not pictures:
                raise RuntimeError("the kernel sent no picture: nothing was measured")
        return times
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _run(client, code):
    """Run code, wait until the kernel is idle, and count the pictures that came."""
    request, pictures = client.execute(code), 0
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "error":
            raise RuntimeError("\n".join(content["traceback"]))
        text = str(content)
        pictures += "image/png" in text
        if kind == "status" and content["execution_state"] == "idle":
            return pictures
