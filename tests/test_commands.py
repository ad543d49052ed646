"""The package's commands in a pipe."""

import os
import subprocess
import sys

import pytest


@pytest.mark.skipif(os.name == "nt", reason="Windows gives a closed pipe another error")
@pytest.mark.parametrize("buffered", [True, False])
def test_a_reader_who_has_read_enough_is_no_error(buffered):
    read, write = os.pipe()
    os.close(read)  # as `head` does once it has its lines
    options = [] if buffered else ["-u"]
    command = [sys.executable, *options, "-m", "tokendynamics.exercises", "list"]
    with os.fdopen(write, "w") as pipe:
        ended = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, encoding="utf8", timeout=600)
    assert (ended.returncode, ended.stderr) == (0, "")
