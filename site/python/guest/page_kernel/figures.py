"""matplotlib's backend in a page: `plt.show()` shows the open figures below the cell, and so does the cell's end."""

import sys

from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas  # noqa: F401 (matplotlib looks for it here)

from . import shown


def show(*args, **options):
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    try:
        for number in pyplot.get_fignums():
            figure = pyplot.figure(number)
            shown.show(*shown.bundle(figure))
    finally:
        pyplot.close("all")
