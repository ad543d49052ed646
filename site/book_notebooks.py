"""How notebooks are run while the book is built: by kernels that nobody else on the machine can listen to, with no half results kept, and none in another order."""

import json
import os
import shutil
import types
import uuid

import jupyter_core.paths
import nbformat
from jupyter_cache import get_cache
from jupyter_cache.cache import main as jupyter_cache_main
from jupyter_cache.cache.db import NbCacheRecord
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


def setup(app):
    speak_privately()
    keep_order()
    app.connect("builder-inited", lambda app: forget_halves(app.config.nb_execution_cache_path))
