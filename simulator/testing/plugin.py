"""pytest's plug-in: ``def test_x(sandbox):`` gets a sandbox of its own, which is gone after the test.

It is installed with the simulator, so it imports nothing before a test asks for a sandbox.
"""

import re
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.testing.recording import Recording
    from simulator.testing.run import Run
    from simulator.testing.sandbox import Sandbox
    from simulator.testing.server import Server

SECONDS_TO_LIVE = 3600
"""After this the server deletes a sandbox whose test was killed. Own choice."""
ARTIFACTS = "vnsim-results"
"""Own choice: not the folder of pytest-playwright, which empties its own whenever one of several workers begins."""

FOR_LONGER = """A sandbox is of one test. A fixture that lives longer has one of its own, which its tests share:

    @pytest.fixture(scope="session")
    def shared(vnsim_server):
        with vnsim_server.sandbox("accountant-nl") as sandbox:
            yield sandbox"""
_TOO_SHORT = re.compile(r"ScopeMismatch: .* fixture '?(new_)?sandbox\b")

CACHED = "vnsim"
"""The folder in pytest's cache."""

NewSandbox = Callable[..., "Sandbox"]

_run: "pytest.StashKey[Run]" = pytest.StashKey()
_sandboxes: "pytest.StashKey[list[Sandbox]]" = pytest.StashKey()
_recording: "pytest.StashKey[Recording]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("vnsim", "vnsim, a simulator of a business platform")
    group.addoption(
        "--vnsim-url", metavar="URL", help="A simulator that runs (or VNSIM_URL); without it, the run has its own."
    )
    group.addoption(
        "--vnsim-artifacts",
        metavar="DIR",
        default=ARTIFACTS,
        help=f"Where the sandboxes of tests that failed are left, with all that happened in them ({ARTIFACTS}).",
    )
    group.addoption(
        "--vnsim-no-trace", action="store_true", help="Do not trace the browsers of tests that have a sandbox (Playwright)."
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark."""
    config.addinivalue_line(
        "markers",
        "vnsim(scenario, now=..., with_=..., delays=..., faults=[...]): how the sandbox of the test is created; marks of a class "
        "or module hold for their tests.",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist where the server of this run is, or will be."""
    node.workerinput["vnsim"] = _run_of(node.config).for_workers()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that was started for this run."""
    run = config.stash.get(_run, None)
    if run is not None:
        run.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, None]:
    """Leave the sandboxes of a test that failed, before they are deleted, and say what suits fixtures of a longer life."""
    outcome = yield
    report = outcome.get_result()
    if report.failed and _TOO_SHORT.search(report.longreprtext):
        report.sections.append(("vnsim", FOR_LONGER))
    sandboxes = item.stash.get(_sandboxes, [])
    recording = item.stash.get(_recording, None)
    if report.failed and sandboxes:
        from simulator.testing.artifacts import leave

        directory = item.config.getoption("--vnsim-artifacts")
        left = leave(sandboxes, directory, item.nodeid, report.longreprtext, recording)
        sandboxes.clear()
        report.sections.append(("vnsim", "\n".join(line for line, _ in left)))
        for line, page in left:
            # Those of the item are in the report of JUnit, which takes them from the last phase of a test.
            item.user_properties.append(("vnsim", line))
            report.user_properties.append(("vnsim", line))
            if page is not None and item.config.pluginmanager.hasplugin("html"):
                _link_in_report(item, report, page)
    elif recording is not None and call.when == "call":
        recording.stop()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, None]:
    """Record what the browser of a test with a sandbox shows."""
    fixtures = getattr(item, "funcargs", {})
    if item.stash.get(_sandboxes, []) and ("page" in fixtures or "context" in fixtures):
        from simulator.testing.recording import Recording

        options = item.config.option
        trace = not options.vnsim_no_trace and getattr(options, "tracing", "off") == "off"
        item.stash[_recording] = Recording(fixtures, trace=trace)
    yield


def _link_in_report(item: pytest.Item, report: Any, page: "Path") -> None:
    """Let the report of pytest-html lead to the page of a failure."""
    from importlib import import_module
    from os.path import relpath
    from pathlib import Path

    extras: Any = import_module("pytest_html.extras")
    report_file = Path(item.config.getoption("htmlpath") or ".").absolute()
    address = Path(relpath(page.absolute(), report_file.parent)).as_posix()
    report.extras = [*getattr(report, "extras", ()), extras.url(address, name="vnsim")]


@pytest.fixture(scope="session")
def vnsim_server(request: pytest.FixtureRequest) -> "Server":
    """The simulator of this run; ``vnsim_server.sandbox(…)`` is for fixtures that live longer than a test."""
    from simulator.testing.api import CallFailed

    try:
        url = request.config.getoption("--vnsim-url")
        return _run_of(request.config).server(url, templates=_templates(request.config))
    except CallFailed as error:
        reason = str(error)
    pytest.fail(reason, pytrace=False)


@pytest.fixture
def new_sandbox(request: pytest.FixtureRequest, vnsim_server: "Server") -> Iterator[NewSandbox]:
    """Creates sandboxes for this test: ``new_sandbox("company-no", now="2022-03-01T09:00+01:00")``.

    A scenario may be a file of one's own; its path is relative to that of the test.
    """
    from simulator.testing.api import CallFailed
    from simulator.testing.server import is_path

    created: list[Sandbox] = []
    # Those that the report of a failure leaves; each is deleted after the test in any case.
    of_report = request.node.stash.setdefault(_sandboxes, [])

    def new(scenario: "str | Path" = "accountant-nl", *, faults: Any = None, **options: Any) -> "Sandbox":
        if is_path(scenario):
            scenario = request.path.parent / scenario
        try:
            sandbox = vnsim_server.create(scenario, **{"ttl": SECONDS_TO_LIVE, **options})
            created.append(sandbox)
            of_report.append(sandbox)
            if faults is not None:
                sandbox.call("PUT", "/faults", {"faults": faults})
            return sandbox
        except CallFailed as error:
            reason = str(error)
        pytest.fail(reason, pytrace=False)

    yield new
    try:
        for sandbox in created:
            sandbox.delete()
        return
    except CallFailed as error:
        reason = str(error)
    pytest.fail(reason, pytrace=False)


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, new_sandbox: NewSandbox) -> "Sandbox":
    """A sandbox of this test alone, created as its marks ``vnsim`` say."""
    options: dict[str, Any] = {}
    for mark in reversed(list(request.node.iter_markers("vnsim"))):
        if len(mark.args) > 1:
            pytest.fail(f"The mark vnsim takes the scenario, and the rest by name; there are {mark.args!r}.", pytrace=False)
        options |= {**({"scenario": mark.args[0]} if mark.args else {}), **mark.kwargs}
    return new_sandbox(**options)


def _run_of(config: pytest.Config) -> "Run":
    from simulator.testing.run import Run

    if _run not in config.stash:
        config.stash[_run] = Run(getattr(config, "workerinput", {}).get("vnsim"))
    return config.stash[_run]


def _templates(config: pytest.Config) -> "Path | None":
    """Return a folder in pytest's cache, where the next run finds built scenarios; None without a cache."""
    import os

    try:
        folder: Path = config.cache.mkdir(CACHED)
    except (AttributeError, OSError):
        return None
    return folder if os.access(folder, os.W_OK) else None
