"""`comm` with the page as its other side, in place of the package's own `__init__`, whose comms lead nowhere."""

from .base_comm import BaseComm, CommManager

__version__ = "0.2.3"
__all__ = ["BaseComm", "CommManager", "create_comm", "get_comm_manager"]
_manager = CommManager()


def create_comm(*args, **options):
    from page_kernel.comms import PageComm

    return PageComm(*args, **options)


def get_comm_manager():
    return _manager
