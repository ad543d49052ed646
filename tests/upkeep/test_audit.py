"""`make audit` needs the registries; what it makes of their answers does not."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[0]))
import audit  # noqa: E402

CLEAN = {"name": "a", "version": "1", "vulns": []}
HOLE = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1"}]}
SKIPPED = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    "packages, code, words",
    [
        ([CLEAN, CLEAN], audit.CLEAN, "2 packages, no known hole"),
        ([CLEAN, HOLE], audit.HOLES, "b 2: CVE-1"),
        ([CLEAN, SKIPPED], audit.UNKNOWN, "no answer for 1 of 2"),  # pip-audit calls this clean
        ([SKIPPED, HOLE], audit.HOLES, "b 2: CVE-1"),
        ([], audit.UNKNOWN, "could not be audited"),
    ],
)
def test_python_is_clean_only_where_every_package_was_looked_up(packages, code, words):
    found, told = audit.python_told("requirements.txt", packages)
    assert found == code and words in told


@pytest.mark.parametrize(
    "answer, code, words",
    [
        ('{"metadata": {"vulnerabilities": {"total": 0}, "dependencies": {"total": 40}}}', audit.CLEAN, "40 packages"),
        (
            '{"metadata": {"vulnerabilities": {"total": 1}, "dependencies": {"total": 40}}, "vulnerabilities": {"d3": {}}}',
            audit.HOLES,
            "in d3",
        ),
        ('{"message": "405 Method Not Allowed"}', audit.UNKNOWN, "no answer"),
        ("", audit.UNKNOWN, "no answer"),
    ],
)
def test_npm_is_clean_only_where_it_answered(answer, code, words):
    found, told = audit.javascript_told(answer)
    assert found == code and words in told
