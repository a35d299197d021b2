"""Prints which test files took longest, and how long all tests took together; under xdist as without it."""

from collections import Counter, defaultdict

import pytest

SLOWEST = 10


class FileDurations:
    """Adds up the seconds of set-up, call and tear-down of every test by file."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.tests: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one phase of a test."""
        file = report.nodeid.partition("::")[0]
        self.seconds[file] += report.duration
        self.tests[file] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table."""
        if len(self.seconds) < 2:
            return
        number = min(terminalreporter.config.option.slowest_files, len(self.seconds))
        terminalreporter.section(f"slowest {number} test files")
        for file, seconds in sorted(self.seconds.items(), key=lambda item: -item[1])[:number]:
            terminalreporter.line(f"{seconds:8.1f} s {self.tests[file]:5} tests  {file}")
        total, tests = sum(self.seconds.values()), sum(self.tests.values())
        terminalreporter.line(f"{total:8.1f} s {tests:5} tests  in all {len(self.seconds)} files")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that says how many files are listed."""
    parser.getgroup("extent").addoption(
        "--slowest-files",
        type=int,
        metavar="N",
        default=SLOWEST,
        help=f"list the N test files that took longest ({SLOWEST})",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the counter of this run."""
    config.pluginmanager.register(FileDurations(), "file-durations")
