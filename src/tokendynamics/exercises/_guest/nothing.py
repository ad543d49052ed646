"""Stand-ins for what a notebook has around it: IPython in the sandbox, Colab everywhere. All of it does nothing, and nothing is shown."""

import importlib.abc
import importlib.machinery
import sys
import types
from typing import Any


class _Kind(type):
    def __getattr__(cls, name: str) -> "Nothing":
        if name.startswith("_"):
            raise AttributeError(name)
        return Nothing()


class Nothing(metaclass=_Kind):
    """Whatever is done with it, it is still nothing."""

    def __init__(self, *args: Any, **options: Any) -> None:
        pass

    def __call__(self, *args: Any, **options: Any) -> "Nothing":
        return self

    def __getattr__(self, name: str) -> "Nothing":
        if name.startswith("_"):
            raise AttributeError(name)
        return Nothing()

    def __enter__(self) -> "Nothing":
        return self

    def __exit__(self, *args: Any) -> None:
        pass

    def __iter__(self) -> Any:
        return iter(())


class _Module(types.ModuleType):
    __path__: list[str] = []
    version_info = (9, 0, 0)
    __version__ = "9.0.0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return (lambda: None) if name == "get_ipython" else Nothing


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, names):
        self.names = names

    def find_spec(self, name, path=None, target=None):
        if any(name == each or name.startswith(f"{each}.") for each in self.names):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return _Module(spec.name)

    def exec_module(self, module):
        pass


def stand_in(*names: str) -> None:
    """From now on an import of these packages, or of anything in them, finds something that does nothing."""
    sys.meta_path.insert(0, _Finder(names))
    sys.meta_path.append(_Finder({name.rpartition(".")[0] for name in names} - {""}))  # google, where there is none
