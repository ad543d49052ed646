"""How notebooks are run while the book is built: several at once, by kernels that nobody else on the machine can listen to, with no half results
kept, and none in another order."""

import contextlib
import json
import os
import queue
import shutil
import threading
import types
import uuid
from concurrent.futures import Future
from pathlib import Path

import jupyter_core.paths
import nbformat
from jupyter_cache import get_cache
from jupyter_cache.cache import main as jupyter_cache_main
from jupyter_cache.cache.db import NbCacheRecord
from jupyter_cache.executors.utils import single_nb_execution
from jupyter_client.manager import AsyncKernelManager, KernelManager

LONGEST = 100  # characters of a socket's path that every system takes


def socket_files(manager):
    """Where the sockets of a kernel lie. By itself it would be the working directory, which a notebook's kernel does not share."""
    return f"{jupyter_core.paths.jupyter_runtime_dir()}/kernel-{uuid.uuid4()}-ipc"


def speak_privately():
    """Kernels are spoken to through files of this user (IPC), where the system has that, and not through ports of the machine."""
    if os.name == "posix" and len(socket_files(None)) + len("-5") <= LONGEST:
        os.makedirs(jupyter_core.paths.jupyter_runtime_dir(), mode=0o700, exist_ok=True)
        KernelManager.transport.default_value = "ipc"
        for kind in (KernelManager, AsyncKernelManager):
            kind._ip_default = socket_files


def forget_halves(folder):
    """Drop from the cache what cannot be read: the build that wrote it was cut off."""
    try:
        cache = get_cache(folder)
        records = cache.list_cache_records()
    except Exception:  # not even its index can be read
        shutil.rmtree(folder, ignore_errors=True)
        return
    for record in records:
        try:
            cache.get_cache_bundle(record.pk)
        except Exception:  # no file, half a file, another program's file
            shutil.rmtree(cache.path / "executed" / record.hashkey, ignore_errors=True)
            NbCacheRecord.remove_record(record.pk, cache.db)


def keep_order():
    """The cache of executed notebooks keeps names in the order in which they came. nbformat sorts them, and a widget whose first word
    is the first name of its data would come back from the cache with another one."""

    def writes(notebook, version):
        return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"

    jupyter_cache_main.nbf = types.SimpleNamespace(**vars(nbformat) | {"writes": writes})


class Ahead:
    """Runs the notebooks that will be asked for, as many at once as there are cores; Sphinx asks for one after the other."""

    def __init__(self):
        self.runs, self.waiting = {}, queue.SimpleQueue()  # {a notebook's code: its run}

    def begin(self, paths, timeout):
        for path in paths:
            notebook = nbformat.read(path, as_version=4)
            self.runs[code(notebook)] = run = Future()
            self.waiting.put((run, notebook, {"cwd": str(path.parent), "timeout": timeout, "allow_errors": False}))
        for _ in range(min(len(paths), os.cpu_count() or 1)):
            threading.Thread(target=self.work, daemon=True).start()  # a build that fails does not wait for the rest

    def work(self):
        with contextlib.suppress(queue.Empty):  # then all is done
            while True:
                run, notebook, options = self.waiting.get_nowait()
                try:
                    run.set_result(single_nb_execution(notebook, **options))
                except BaseException as error:
                    run.set_exception(error)

    def __call__(self, notebook, **options):
        """What `single_nb_execution` gives, of a run that may have ended already."""
        run = self.runs.pop(code(notebook), None)
        if run is None:
            return single_nb_execution(notebook, **options)
        result = run.result()
        notebook.update(result.nb)  # the caller's own is filled
        return result


def code(notebook):
    return tuple(cell.source for cell in notebook.cells if cell.cell_type == "code")


def run_ahead(app, env, docnames):
    """Of the pages that Sphinx is about to read, in its order, those notebooks that are not in the cache."""
    from myst_nb.core.execute import cache as asking  # here, since tests that build nothing read this file too

    cache = get_cache(app.config.nb_execution_cache_path)
    paths = [path for name in sorted(docnames) if (path := Path(env.doc2path(name))).suffix == ".ipynb"]

    def known(path):
        try:
            return bool(cache.match_cache_file(str(path)))
        except KeyError:
            return False

    if app.config.nb_execution_mode == "cache":
        ahead = Ahead()
        ahead.begin([path for path in paths if not known(path)], app.config.nb_execution_timeout)
        asking.single_nb_execution = ahead


def setup(app):
    speak_privately()
    keep_order()
    app.connect("builder-inited", lambda app: forget_halves(app.config.nb_execution_cache_path))
    app.connect("env-before-read-docs", run_ahead)
