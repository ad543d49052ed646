"""The one number of a release."""

__version__ = "0.1.0"
