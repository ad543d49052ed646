"""For every run of pytest, notebooks alone too: the ledger's plugin, and what nbval is not to compare."""

pytest_plugins = ["deciding"]


def pytest_collectstart(collector):
    if hasattr(collector, "skip_compare"):  # a notebook: the text of an output is stored and compared, its HTML is neither
        collector.skip_compare += ("text/html",)
