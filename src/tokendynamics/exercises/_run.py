"""Runs one submitted notebook in this process, and writes down each verdict as it is given. Started by `grading`.

Its code cells run one after the other in IPython, with no kernel and so with no socket. A cell that fails is written down, and the next
one runs: an answer further down may be right all the same. The limits are set before the first of them, and cannot be raised again.
"""

import json
import sys


def main(notebook, results, seconds, megabytes):
    limit(int(seconds), int(megabytes))
    from IPython.core.interactiveshell import InteractiveShell

    import tokendynamics.exercises as exercises

    with open(results, "a", encoding="utf8", buffering=1) as file:

        def write(**line):
            file.write(json.dumps(line) + "\n")

        exercises._listeners.append(lambda verdict: write(**verdict._asdict()))
        shell = InteractiveShell.instance()
        for place, source in enumerate(code_cells(notebook), start=1):
            outcome = shell.run_cell(source, store_history=False)
            error = outcome.error_before_exec or outcome.error_in_exec
            if error is not None:
                write(failed=place, error=type(error).__name__)
        write(finished=True)


def limit(seconds, megabytes):
    """Processor time, memory, size of files, where the system keeps such limits. The clock is watched by the process that started this."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, most in (("RLIMIT_CPU", seconds + 5), ("RLIMIT_AS", megabytes * 2**20), ("RLIMIT_FSIZE", 100 * 2**20), ("RLIMIT_CORE", 0)):
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (AttributeError, ValueError, OSError):  # not every system keeps every limit
            pass


def code_cells(path):
    """The sources of the code cells of a notebook of format 4. ValueError if it is none."""
    try:
        with open(path, encoding="utf8") as file:
            cells = json.load(file)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError, RecursionError):
        raise ValueError("it is not a notebook of format 4") from None


if __name__ == "__main__":
    main(*sys.argv[1:])
