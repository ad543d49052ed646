"""The two commands on machines that have nothing of ours: bare Debians, as an ordinary user, with no git and no browser. `make fresh` calls this.

    python3 tests/upkeep/fresh.py [bookworm|trixie|sid|newest …]   makes each with debootstrap, as root (half an hour each)
    python3 tests/upkeep/fresh.py --here                           in a container that is such a machine already, as root

In each, `make book` and `make test` must end well and every test in Chromium must run. In the first, `make book` is killed at five places
as well, and given again; the folder is renamed; and all is built once more with no network. Writes into benchmarks/RESULTS.md.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
import results  # noqa: E402

PACKAGES = "make,python3,python3-venv,ca-certificates"


class System(NamedTuple):
    name: str
    suite: str
    packages: str = PACKAGES
    python: str = "python3"


SYSTEMS = {
    "bookworm": System("Debian 12", "bookworm"),
    "trixie": System("Debian 13", "trixie"),
    "sid": System("Debian unstable", "sid"),
    "newest": System("Debian unstable, its newest Python", "sid", f"{PACKAGES},python3.15,python3.15-venv", "python3.15"),
}
TITLE = "A fresh machine"
COLUMNS = ["system", "Python", "`make book`", "`make test`", "tests that ran", "tests that did not", "ended"]
PLACE = Path("/var/tmp/tokens-in-motion")  # not below the book: its tools would find a second book there
USER, HOME = "reader", "/home/reader"
LEFT_OUT = {"_build", ".venv", "node_modules", ".git", "__pycache__"}
# a machine behind a proxy, or with certificates of its own, hands these on
HANDED_ON = re.compile(r"(?i)(https?|no|all)_proxy|PIP_(?!FIND_LINKS).*|(SSL|CURL|REQUESTS|NODE)_.*CERT.*|REQUESTS_CA_BUNDLE|npm_config_.*")
# where `make book` is killed: the line that tells the step, and so many seconds after it
KILLS = [
    ("an environment of its own", 1),
    ("the book's packages", 3),
    ("the book's packages", 15),
    ("solutions_03", 1),
    ("chapter 4 of", 2),
]
SUMMARY = re.compile(r"^tests: (\d+ \w+.*) in ")
NOT_RUN = re.compile(r"^Not run: (\S+) (tests in .*?):")


def variables():
    own = {"HOME": HOME, "USER": USER, "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
    return {name: value for name, value in os.environ.items() if HANDED_ON.fullmatch(name)} | own


def bare(key):
    """The folder of a bare Debian with a user and a copy of the book."""
    root, system = PLACE / key, SYSTEMS[key]
    if not (root / "home").is_dir():
        shutil.rmtree(root, ignore_errors=True)
        PLACE.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={system.packages}", system.suite, root], check=True, stdout=subprocess.DEVNULL
        )
    shutil.copy("/etc/resolv.conf", root / "etc")
    for path in {value for value in variables().values() if value.startswith("/") and Path(value).is_file()}:
        (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, root / path[1:])
    subprocess.run(["chroot", root, "sh", "-c", make_user()], check=True)
    copied(root / HOME[1:] / "book")
    subprocess.run(["chroot", root, "chown", "-R", USER, HOME], check=True)
    return root


def make_user():
    return f"id {USER} >/dev/null 2>&1 || useradd --create-home --shell /bin/bash {USER}; rm -rf {HOME}/book {HOME}/elsewhere {HOME}/.cache {HOME}/log"


def copied(folder):
    shutil.copytree(ROOT, folder, ignore=lambda place, names: LEFT_OUT & set(names), symlinks=True)


class Machine:
    """A machine that commands are given to as its ordinary user; `root` is its folder, None where it is this one."""

    def __init__(self, name, root=None, python="python3"):
        self.name, self.root, self.python = name, root, python
        self.log = PLACE / f"{name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text("", "utf8")

    def command(self, words, network=True):
        mounts = f"mount -t tmpfs tmpfs {self.root}/dev/shm; mount -t proc proc {self.root}/proc; " if self.root else ""
        loopback = "" if network else f"{sys.executable} -c '{LOOPBACK}'; "
        into = f"chroot --userspec={USER}:{USER} {self.root}" if self.root else f"setpriv --reuid={USER} --regid={USER} --init-groups"
        apart = ["unshare", "--mount", "--pid", "--fork"] if self.root else ["env"]
        return [*apart, *([] if network else ["unshare", "--net"]), "sh", "-c", f"{mounts}{loopback}exec {into} sh -c '{words}'"]

    def says(self, words, stop=None, **options):
        """(exit code, lines) of a command; `stop(line)` gives the seconds after which to kill it, or None."""
        lines = []
        with self.log.open("a", encoding="utf8") as log:
            log.write(f"\n$ {words}\n")
            program = subprocess.Popen(
                self.command(words, **options),
                env=variables(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf8",
                errors="replace",
                start_new_session=True,
            )
            text = ""
            while letter := program.stdout.read(1):  # a step is told before its line has ended
                log.write(letter)
                text += letter
                if stop and (seconds := stop(text)) is not None:
                    log.flush()
                    time.sleep(seconds)
                    os.killpg(program.pid, signal.SIGKILL)
                    break
                if letter == "\n":
                    log.flush()
                    lines.append(text.rstrip())
                    text = ""
        return program.wait(), lines


# a network with nothing but this machine itself
LOOPBACK = 'import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 73))'


def minutes(begun):
    return f"{(time.monotonic() - begun) / 60:.1f}"


def both(machine):
    """(row of the table, whether all went well)"""
    python = machine.says(f"{machine.python} --version")[1][0].split()[1]
    begun = time.monotonic()
    code, lines = machine.says(f"cd {HOME}/book && make PYTHON={machine.python} book")
    book = minutes(begun)
    begun = time.monotonic()
    tested, said = (1, []) if code else machine.says(f"cd {HOME}/book && make PYTHON={machine.python} test")
    ran = "".join(found[1] for line in said if (found := SUMMARY.match(line))) or (lines[-1] if lines else "nothing")
    lacks = [" ".join(found.groups()) for line in said if (found := NOT_RUN.match(line))]
    well = code == tested == 0 and not any("Chromium" in lack for lack in lacks)
    return (machine.name, python, book, minutes(begun), ran, ", ".join(lacks) or "none", "well" if well else "**not well**"), well


def adversities(machine):
    """[(what happened, what came of it)]: killed, renamed, with no network."""
    rows, book = [], f"cd {HOME}/book && make book"
    machine.says(f"mv {HOME}/book/_build/log {HOME}/log; rm -rf {HOME}/book/.venv {HOME}/book/_build")
    for step, seconds in KILLS:
        machine.says(book, stop=lambda text: seconds if step in text else None)
    begun = time.monotonic()
    code, _ = machine.says(book)
    rows.append(("`make book` killed at five places, then given again", code, minutes(begun)))
    if subprocess.run(["unshare", "--net", "true"], stderr=subprocess.DEVNULL).returncode == 0:  # a container may not take its network away
        begun = time.monotonic()
        code, _ = machine.says(book, network=False)
        rows.append(("`make book` again, with no network", code, minutes(begun)))
    begun = time.monotonic()
    code, lines = machine.says(f"mv {HOME}/book {HOME}/elsewhere && cd {HOME}/elsewhere && make book")
    rows.append(
        ("the folder renamed, then `make book`", code or (0 if any("moved or renamed" in line for line in lines) else 1), minutes(begun))
    )
    return [(what, minutes, "well" if code == 0 else "**not well**") for what, code, minutes in rows], all(code == 0 for _, code, _ in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suites", nargs="*", default=list(SYSTEMS))
    parser.add_argument("--here", action="store_true")
    options = parser.parse_args()
    if os.geteuid():
        sys.exit("This makes whole systems, so it must be root: sudo make fresh")
    if options.here:
        subprocess.run(["sh", "-c", make_user()], check=True)
        copied(Path(HOME) / "book")
        subprocess.run(["chown", "-R", USER, HOME], check=True)
        machines = [Machine(Path("/etc/os-release").read_text("utf8").split('PRETTY_NAME="')[1].split('"')[0])]
    elif not shutil.which("debootstrap"):
        sys.exit("This needs debootstrap: apt-get install debootstrap")
    else:
        machines = [Machine(SYSTEMS[key].name, bare(key), SYSTEMS[key].python) for key in options.suites]
    rows, all_well = [], True
    for machine in machines:
        row, well = both(machine)
        print(*row, sep=" · ", flush=True)
        rows, all_well = [*rows, row], all_well and well
    earlier = [tuple(row.values()) for row in results.recorded(TITLE) if row["system"] not in [machine.name for machine in machines]]
    results.write(
        TITLE, "make fresh",
        f"Bare systems with nothing but {PACKAGES.replace(',', ', ')}, as an ordinary user, with no git and no browser. Times in minutes.",
        results.table(COLUMNS, sorted([*earlier, *rows])),
    )  # fmt: skip
    if options.here or list(SYSTEMS)[0] in options.suites:
        trials, well = adversities(machines[0])
        results.write(
            f"{TITLE}, and what befalls it", "make fresh", f"On {machines[0].name}, as an ordinary user.",
            results.table(["what happened", "minutes", "ended"], trials),
        )  # fmt: skip
        all_well = all_well and well
    return 0 if all_well else 1


if __name__ == "__main__":
    sys.exit(main())
