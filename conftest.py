"""For every run of pytest, notebooks alone too: the ledger’s plugin, the one that names what hangs, and what nbval is not to compare."""

import os

pytest_plugins = ["deciding", "hanging"]
os.environ["PYTHONUTF8"] = "1"  # a Python that a test starts writes what the test reads, on Windows too


def pytest_collectstart(collector):
    if hasattr(collector, "skip_compare"):  # a notebook: the text of an output is stored and compared, its HTML is neither
        collector.skip_compare += ("text/html",)
