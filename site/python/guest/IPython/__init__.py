"""What packages for notebooks import of IPython, in a page."""

from .core.getipython import get_ipython


def display(*values, **options):
    from page_kernel.shown import display as show  # which prints with IPython.lib.pretty

    return show(*values, **options)


__version__ = "9.0.0"
version_info = (9, 0, 0)
__all__ = ["display", "get_ipython"]
