"""A verdict counts only if a test that decides it has run, and has measured the ledger's number.

A pytest plugin. `measured(claim, value)` holds a number to the ledger at once, in any run. At the end of a whole run it asks of
every claim: is each test that it names there, did none fail, did one pass, and was its number measured? A run of some files,
or one that was filtered or stopped, asks nothing. Tests that were skipped, for want of a model's weights say, are told.
"""

import pytest

from tokendynamics import ledger

NARROWING = ("keyword", "markexpr", "deselect", "ignore_glob", "collectonly")


class Record:
    """What became of each test of this run, by its name without parameters, and which claims' numbers it measured."""

    def __init__(self):
        self.outcomes, self.measured, self.told = {}, {}, []

    def pytest_runtest_logreport(self, report):
        for key, claim in report.user_properties:  # what a test says comes so from another process too
            if key == "measured":
                self.measured.setdefault(claim, set()).add(name_of(report.nodeid))
        if report.when == "call" or not report.passed:
            self.outcomes.setdefault(name_of(report.nodeid), set()).add(report.outcome)

    def wrong(self, claim):
        """What is wrong with a claim after a whole run, in words, or None."""
        outcomes = {test: self.outcomes.get(test, set()) for test in claim.tests}
        for test, found in outcomes.items():
            if not found:
                return f"{test} did not run"
            if "failed" in found:
                return f"{test} failed"
        if not any("passed" in found for found in outcomes.values()):
            return f"all its tests were skipped: {', '.join(claim.tests)}"
        if claim.value is not None and not self.measured.get(claim.id):
            return f"no test measured {claim.value}"
        return None


def name_of(nodeid):
    return nodeid.split("[")[0]


def pytest_configure(config):
    config.pluginmanager.register(Record(), "ledger-record")


@pytest.fixture
def measured(request):
    """measured(claim, value): the test that calls it, which the ledger names for this claim, has found the ledger's value."""
    claims = {claim.id: claim for claim in ledger.claims()}

    def hold(name, value):
        claim, test = claims[name], name_of(request.node.nodeid)
        assert test in claim.tests, f"the ledger does not name {test} for {name}"
        assert claim.value is not None, f"the ledger has no number for {name}"
        off = abs(float(value) - claim.value)
        assert off <= claim.tolerance, f"{name}: measured {float(value):.6g}, where the ledger has {claim.value}"
        request.node.user_properties.append(("measured", name))

    return hold


def whole(session):
    """Whether this run was to run every deciding test."""
    config = session.config
    if any(getattr(config.option, name, None) for name in NARROWING) or session.shouldstop or session.shouldfail:
        return False
    here = config.invocation_params.dir
    asked = [path.resolve() for path in (here / argument for argument in config.args) if path.is_dir()]
    left_out = [(here / path).resolve() for path in config.option.ignore or ()]
    files = {config.rootpath.resolve() / test.partition("::")[0] for claim in ledger.claims() for test in claim.tests}
    return all(any(map(file.is_relative_to, asked)) and not any(map(file.is_relative_to, left_out)) for file in files)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    if hasattr(session.config, "workerinput"):  # one of several processes; the first of them knows all
        return
    if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not whole(session):
        return
    record = session.config.pluginmanager.get_plugin("ledger-record")
    wrong = {claim.id: record.wrong(claim) for claim in ledger.claims()}
    record.told = [f"UNDECIDED {name}: {words}" for name, words in wrong.items() if words]
    if record.told:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    for claim in ledger.claims():
        unseen = [test for test in claim.tests if record.outcomes.get(test) == {"skipped"}]
        record.told += [f"not run here, {claim.id}: {test}" for test in unseen]


def pytest_terminal_summary(terminalreporter, config):
    told = config.pluginmanager.get_plugin("ledger-record").told
    if told:
        terminalreporter.section("the ledger")
        for line in told:
            terminalreporter.line(line)
