"""Rules of the command line."""

import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import pytest
from click.testing import CliRunner, Result

import seed
from e2e.engine import library
from simulator.cli import cli
from simulator.control.long_poll import WAITERS
from simulator.core.clock import machine_now
from simulator.own_server import own_server
from simulator.server import CannotServe, check_network
from simulator.settings import Settings
from tests.seed.conftest import SMALL

COMMAND = [sys.executable, "-m", "simulator"]
FETCH = build_opener(ProxyHandler({}))
SECONDS = 60


def environment(**more: str) -> dict[str, str]:
    """Return the environment without the simulator's variables that a developer may have set."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VNSIM_")}
    return inherited | {"PYTHONUNBUFFERED": "1"} | more


def run(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in this process, which takes milliseconds; servers and workers have processes of their own."""
    inherited: dict[str, str | None] = {name: None for name in os.environ if name.startswith("VNSIM_")}
    result = CliRunner().invoke(
        cli, [str(argument) for argument in arguments], env={**inherited, **more}, catch_exceptions=False
    )
    return subprocess.CompletedProcess(arguments, result.exit_code, result.stdout, result.stderr)


class Running:
    """A server that runs.

    Attributes:
        process: its process.
        output: its output until it was ready.
        url: its address, without a closing slash.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.output = ""
        assert process.stdout is not None
        for line in process.stdout:
            self.output += line
            if line.startswith("Stop with"):
                break
        match = re.search(r"Ready at (http://localhost:\d+)/", self.output)
        assert match is not None, self.output
        self.url = match[1]

    def get(self, path: str) -> str:
        """Fetch a page."""
        with FETCH.open(self.url + path, timeout=SECONDS) as answer:
            return str(answer.read().decode())

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """Stop it, and return its exit code."""
        self.process.send_signal(with_signal)
        return self.process.wait(SECONDS)


@contextmanager
def serving(*arguments: str | Path, **more: str) -> Iterator[Running]:
    """Run a server on a free port until the block ends."""
    command = [*COMMAND, "serve", "--port", "0", *map(str, arguments)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(**more)
    ) as process:
        try:
            yield Running(process)
        finally:
            if process.poll() is None:
                process.kill()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Path:
    """Return a data directory that servers of this module share, with a scenario that is prepared once for the whole run."""
    directory = tmp_path_factory.mktemp("served") / "data"
    give_template(directory, templates)
    return directory


def give_template(directory: Path, templates: Path) -> None:
    """Make a data directory that has the template of the default scenario, which takes seconds to build."""
    (directory / "templates").mkdir(parents=True)
    shutil.copy(seed.template_for(templates)("accountant-nl", machine_now()), directory / "templates")


def test_version_and_help_import_nothing_heavy() -> None:
    code = "import sys, simulator.cli; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"flask", "sqlalchemy", "waitress", "yaml", "pydantic", "playwright"} & set(loaded)
    version = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True, check=True).stdout
    assert re.fullmatch(r"vnsim \d+\.\d+\.\d+\n", version)
    assert "sandbox" in run("--help").stdout


def test_starting_the_server_imports_only_what_it_needs(data_dir: Path) -> None:
    with serving("--data-dir", data_dir):
        pass
    code = (
        "import sys; from pathlib import Path; from simulator import server; from simulator.settings import Settings; "
        "server._prepare(Settings(data_dir=Path(sys.argv[1])), print); print(*sorted(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(data_dir)]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    heavy = {"pydantic", "babel", "yaml", "argon2", "pyotp", "segno", "openpyxl", "xlsxwriter", "stdnum", "playwright"}
    assert not heavy & set(loaded)


def test_a_server_prints_its_address_a_person_to_sign_in_as_and_the_link_to_the_code(data_dir: Path) -> None:
    with serving("--data-dir", data_dir) as server:
        health = json.loads(server.get("/_sim/health"))
        assert health["status"] == "ok"
        person = json.loads(server.get("/_sim/sandboxes/default"))["people"][0]
        assert person["email"] in server.output
        assert person["password"] in server.output
        phone = re.search(r"http://localhost:\d+(/s/default/phone/\d+)", server.output)
        assert phone is not None
        assert "progress" in server.get(phone[1])
        assert person["email"] in server.get("/")
        assert server.stop() == 0


def test_a_server_listens_on_both_loopback_addresses(data_dir: Path) -> None:
    with serving("--data-dir", data_dir) as server:
        port = urlsplit(server.url).port
        for host in ["127.0.0.1", *(["::1"] if has_ipv6() else [])]:
            connection = HTTPConnection(host, port, timeout=SECONDS)
            connection.request("GET", "/_sim/health")
            assert connection.getresponse().status == 200
            connection.close()


def has_ipv6() -> bool:
    """Return whether this machine has the loopback address of IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_a_server_though_a_call_waits(data_dir: Path, number: int) -> None:
    with serving("--data-dir", data_dir) as server:
        parts = urlsplit(server.url)
        connection = HTTPConnection("localhost", parts.port, timeout=SECONDS)
        connection.request("GET", "/_sim/sandboxes/default/messages?to=nobody@x.example&wait=30")
        server.get("/_sim/health")
        assert server.stop(number) == 0
        connection.close()
    assert not (data_dir / "server.json").exists()


def test_pages_answer_while_the_largest_number_of_calls_waits(data_dir: Path) -> None:
    with serving("--data-dir", data_dir) as server:
        port = urlsplit(server.url).port
        asking = [HTTPConnection("localhost", port, timeout=SECONDS) for _ in range(WAITERS + 1)]
        for connection in asking:
            connection.request("GET", "/_sim/sandboxes/default/messages?to=nobody@x.example&wait=30")
        # One call too many: the last one is refused, and all slots are taken.
        (answered, _, _) = select.select([connection.sock for connection in asking], [], [], SECONDS)
        (refused,) = [connection for connection in asking if connection.sock in answered]
        assert refused.getresponse().status == 503
        waiting = [connection for connection in asking if connection is not refused]
        assert "progress" in server.get("/s/default/phone/1")
        assert "administrator@" in server.get("/")
        assert json.loads(server.get("/_sim/health"))["status"] == "ok"
        assert server.stop() == 0
        assert {connection.getresponse().status for connection in waiting} == {503}
        for connection in asking:
            connection.close()


def test_a_sandbox_is_there_after_another_start(data_dir: Path) -> None:
    made = run("sandbox", "create", "--name", "kept", "--data-dir", data_dir)
    assert made.returncode == 0, made.stderr
    with serving("--data-dir", data_dir) as server:
        assert json.loads(server.get("/_sim/sandboxes/kept"))["name"] == "kept"


def test_an_ephemeral_server_leaves_no_files(tmp_path: Path) -> None:
    with serving("--ephemeral", "--data-dir", tmp_path / "unused", TMPDIR=str(tmp_path)) as server:
        assert json.loads(server.get("/_sim/health"))["status"] == "ok"
        assert list(tmp_path.iterdir())
        assert server.stop() == 0
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_one_clear_sentence(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run("serve", "--port", str(port), "--data-dir", data_dir)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"vnsim: Port {port} on localhost is in use already")
    assert ended.stderr.count("\n") == 1


def test_a_place_for_templates_that_cannot_be_made_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    ended = run("serve", "--port", "0", "--ephemeral", "--templates", tmp_path / "file" / "templates")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"vnsim: {tmp_path / 'file' / 'templates'} cannot be made: Not a directory.\n"


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["worker"]])
def test_a_data_directory_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "sandboxes").write_text("not a directory")
    ended = run(*command, "--data-dir", tmp_path)
    assert ended.returncode == 1
    assert ended.stderr == (
        f"vnsim: The data directory {tmp_path} cannot be written: File exists; choose another with --data-dir.\n"
    )


def test_a_data_directory_that_cannot_be_made_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    for directory in (tmp_path / "file", tmp_path / "file" / "below"):
        ended = run("serve", "--port", "0", "--data-dir", directory)
        assert ended.returncode == 1
        assert ended.stderr.startswith(f"vnsim: The data directory {directory} cannot be written")
        assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "simulator.example"])
def test_a_network_host_without_a_token_is_refused(tmp_path: Path, host: str) -> None:
    ended = run("serve", "--port", "0", "--host", host, "--data-dir", tmp_path)
    assert ended.returncode == 1
    assert "--control-token" in ended.stderr


def test_a_public_address_without_a_token_is_refused(tmp_path: Path) -> None:
    ended = run("serve", "--port", "0", "--public-url", "https://simulator.example", "--data-dir", tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("vnsim: At https://simulator.example everybody could steer this server")
    assert ended.stderr.count("\n") == 1


def test_an_invalid_public_address_is_refused_with_a_sentence(tmp_path: Path) -> None:
    ended = run("serve", "--port", "0", "--public-url", "http://[", "--data-dir", tmp_path)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "is no address" in ended.stderr


NO_ADDRESSES = [
    "https://", "http:///s", "simulator.example", "ftp://simulator.example", "http://a:99999", "http://a:0", "http://a b", "http://ø.example",
]  # fmt: skip


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_a_public_address_that_is_none_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(CannotServe, match="is no address"):
        check_network(Settings(data_dir=tmp_path, control_token="a-token-of-the-tests", public_url=address))


@pytest.mark.parametrize("address", ["/below", "/below/", "//", "?a=b", "/?", "#top", "/#"])
def test_a_public_address_with_a_path_is_refused_with_the_one_to_write(tmp_path: Path, address: str) -> None:
    root = "https://simulator.example:8443"
    for written in (root + address, f"https://name:word@simulator.example:8443{address}"):
        with pytest.raises(CannotServe, match=f"Write {root}, "):
            check_network(Settings(data_dir=tmp_path, control_token="a-token-of-the-tests", public_url=written))
    check_network(Settings(data_dir=tmp_path, control_token="a-token-of-the-tests", public_url=f"{root}/"))


@pytest.mark.parametrize("address", ["http://LOCALHOST:8001", "http://127.0.0.1", "https://[::1]:8001/", None])
def test_a_public_address_at_this_machine_needs_no_token(tmp_path: Path, address: str | None) -> None:
    check_network(Settings(data_dir=tmp_path, public_url=address))


def test_an_unknown_scenario_is_one_clear_sentence(tmp_path: Path) -> None:
    ended = run("serve", "--port", "0", "--scenario", "nothing", "--data-dir", tmp_path)
    assert ended.returncode == 1
    assert "'nothing'" in ended.stderr
    assert "scenario list" in ended.stderr


def test_a_damaged_default_is_one_clear_sentence_that_says_how_to_go_on(tmp_path: Path, templates: Path) -> None:
    at = ("--data-dir", tmp_path)
    give_template(tmp_path, templates)
    assert run("sandbox", "create", "--name", "default", *at).returncode == 0
    (file,) = (tmp_path / "sandboxes" / "default").glob("*.sqlite")
    file.write_bytes(b"")
    ended = run("serve", "--port", "0", *at)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert f"vnsim sandbox delete default --data-dir {tmp_path}" in ended.stderr
    assert run("sandbox", "delete", "default", *at).returncode == 0
    with serving(*at) as server:
        assert server.stop() == 0


def test_options_are_read_from_the_environment(tmp_path: Path) -> None:
    ended = run("serve", VNSIM_HOST="0.0.0.0", VNSIM_PORT="0", VNSIM_DATA_DIR=str(tmp_path))
    assert ended.returncode == 1
    assert "0.0.0.0" in ended.stderr


def test_commands_on_a_served_data_directory_go_through_its_server(data_dir: Path) -> None:
    token = "a-token-of-the-tests"
    with serving("--data-dir", data_dir, "--control-token", token) as server:
        assert json.loads((data_dir / "server.json").read_text())["url"] == server.url
        for wrong in ((), ("--control-token", "wrong")):
            refused = run("sandbox", "list", "--data-dir", data_dir, *wrong)
            assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
            assert "--control-token" in refused.stderr
        with_token = ("--data-dir", data_dir, "--control-token", token)
        made = run("sandbox", "create", "--name", "mine", "--now", "2022-03-01T09:00:00+01:00", *with_token)
        assert made.stdout == f"mine\t{server.url}/s/mine/\n", made.stderr
        assert "mine\taccountant-nl\t2022-03-01T08:00:00+00:00 (frozen)" in run("sandbox", "list", *with_token).stdout
        assert run("sandbox", "snapshot", "mine", "before", *with_token).returncode == 0
        assert run("sandbox", "reset", "mine", "--snapshot", "before", *with_token).returncode == 0
        file = data_dir.parent / "mine.sqlite"
        assert run("sandbox", "export", "mine", file, *with_token).returncode == 0
        taken = run("sandbox", "import", file, *with_token)
        assert (taken.returncode, taken.stderr) == (1, "vnsim: A sandbox named 'mine' exists already.\n")
        assert run("sandbox", "delete", "mine", *with_token).returncode == 0
        assert run("sandbox", "import", file, *with_token).stdout == f"mine\t{server.url}/s/mine/\n"
        elsewhere = {"VNSIM_BASE_URL": server.url, "VNSIM_CONTROL_TOKEN": token}
        assert run("sandbox", "export", "mine", file, **elsewhere).returncode == 0
        assert run("sandbox", "list", "--base-url", f"{server.url}/", "--control-token", token).stdout.count("mine") == 2
        opened = run("class", "open", "lisa", "--tag", "monday", **elsewhere).stdout
        assert opened.startswith(f"lisa\t{server.url}/s/lisa/?join="), opened
        assert run("class", "close", "--tag", "monday", **elsewhere).stdout == "lisa\n"
        refused = run("sandbox", "list", "--base-url", server.url)
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
        assert "--control-token" in refused.stderr
        assert run("sandbox", "delete", "mine", *with_token).returncode == 0
        refused = run("sandbox", "delete", "mine", *with_token)
        assert (refused.returncode, refused.stderr) == (1, "vnsim: There is no sandbox named 'mine'.\n")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://localhost:9", "No simulator answers at http://localhost:9: "),
        ("http://nobody.invalid", "No simulator answers at http://nobody.invalid: "),
        ("localhost:8000", "localhost:8000 is no address; write one such as "),
        ("http://localhost:8000/s/default", "The simulator cannot be reached at http://localhost:8000/s/default"),
    ],
)
def test_an_address_without_a_server_is_one_clear_sentence(address: str, sentence: str) -> None:
    for command in (("sandbox", "list"), ("class", "list", "--tag", "a"), ("sandbox", "export", "a", "-")):
        ended = run(*command, "--base-url", address)
        assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
        assert ended.stderr.startswith(f"vnsim: {sentence}")


def test_commands_without_a_server_run_at_once(data_dir: Path) -> None:
    stale = {"url": "http://localhost:9", "pid": 1, "token_needed": False}
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "server.json").write_text(json.dumps(stale))
    at = ("--data-dir", data_dir)
    made = json.loads(run("sandbox", "create", "--tag", "a", "--tag", "b", "--as-json", *at).stdout)
    assert made["tags"] == ["a", "b"]
    assert made["name"] in run("sandbox", "list", *at).stdout
    assert run("sandbox", "reset", made["name"], *at).returncode == 0
    assert run("sandbox", "delete", made["name"], *at).returncode == 0
    assert run("sandbox", "delete", made["name"], *at).returncode == 1
    assert "name" in run("sandbox", "create", "--name", "Not Right", *at).stderr


def test_a_sandbox_is_kept_exported_and_imported_without_a_server(data_dir: Path, tmp_path: Path) -> None:
    at, file = ("--data-dir", data_dir), tmp_path / "mine.sqlite"
    assert run("sandbox", "create", "--name", "travels", *at).returncode == 0
    assert run("sandbox", "snapshot", "travels", "before", *at).returncode == 0
    assert run("sandbox", "snapshots", "travels", *at).stdout.startswith("before\t")
    assert run("sandbox", "reset", "travels", "--snapshot", "before", *at).returncode == 0
    missing = run("sandbox", "reset", "travels", "--snapshot", "other", *at)
    assert missing.stderr == "vnsim: There is no snapshot named 'other'.\n"
    command = [*COMMAND, "sandbox", "export", "travels", "-", *map(str, at)]
    content = subprocess.run(command, capture_output=True, env=environment(), timeout=SECONDS, check=True).stdout
    assert run("sandbox", "export", "travels", file, *at).returncode == 0
    assert len(file.read_bytes()) == len(content)
    command = [*COMMAND, "sandbox", "import", "-", "--name", "piped", *map(str, at)]
    piped = subprocess.run(command, input=content, capture_output=True, env=environment(), timeout=SECONDS, check=False)
    assert piped.stdout.startswith(b"piped\t"), piped.stderr
    for name in ("travels", "piped"):
        assert run("sandbox", "delete", name, *at).returncode == 0
    file.write_text("hello")
    refused = run("sandbox", "import", file, *at)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "is no exported sandbox" in refused.stderr
    unknown = run("sandbox", "export", "travels", file, *at)
    assert unknown.stderr == "vnsim: There is no sandbox named 'travels'.\n"
    assert file.read_text() == "hello"
    assert sorted(tmp_path.iterdir()) == [file]


def test_only_the_file_of_a_sandbox_may_be_large(data_dir: Path, tmp_path: Path) -> None:
    with serving("--data-dir", data_dir, "--control-token", "a-token-of-the-tests") as server:
        port = urlsplit(server.url).port
        statuses: list[int] = []
        token = {"Authorization": "Bearer a-token-of-the-tests", "Content-Type": "application/octet-stream"}
        for path, headers, size in (
            ("/_sim/sandboxes/import", token, 9_000_000),
            ("/_sim/sandboxes/import", token, 2_000_000_000),
            ("/_sim/sandboxes/import", {"Content-Type": "application/octet-stream"}, 9_000_000),
            ("/_sim/sandboxes", token, 9_000_000),
        ):
            connection = HTTPConnection("localhost", port, timeout=SECONDS)
            # A body that is refused by its length is refused before it is sent.
            body = b"x" * size if not statuses else b""
            connection.request("POST", path, body, {**headers, "Content-Length": str(size)})
            statuses.append(connection.getresponse().status)
            connection.close()
    assert statuses == [422, 413, 413, 413]


def invoke(*arguments: str | Path) -> Result:
    """Run a command in this process, which is faster, and return its output and exit code."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)


def test_a_class_is_opened_checked_reset_and_closed(data_dir: Path) -> None:
    where = ("--tag", "monday", "--data-dir", data_dir)
    invoke("sandbox", "create", "--name", "other", "--scenario", "case-lost-phone", "--data-dir", data_dir)
    opened = invoke("class", "open", "lisa", "omar", "--scenario", "case-lost-phone", *where).stdout.splitlines()
    assert [line.partition("\t")[0] for line in opened] == ["lisa", "omar"]
    assert all(re.search(r"/s/(lisa|omar)/\?join=[0-9a-f]{32}$", line) for line in opened)
    again = invoke("class", "open", "omar", "tess", "--scenario", "case-lost-phone", *where).stdout.splitlines()
    assert again[0] == opened[1]
    assert invoke("class", "list", *where).stdout.splitlines() == [*opened, again[1]]
    checked = invoke(
        "class", "check", '{"person_status": {"person": "user", "status": "active"}}', '{"signed_in": "user"}', *where
    )
    assert [line.split("\t")[:2] for line in checked.stdout.splitlines()] == [
        [name, holds] for name in ("lisa", "omar", "tess") for holds in ("yes", "NO")
    ]
    assert checked.exit_code == 1
    assert invoke("class", "reset", *where).stdout.splitlines() == [*opened, again[1]]
    assert invoke("class", "close", *where).stdout.split() == ["lisa", "omar", "tess"]
    assert invoke("class", "list", *where).stdout == ""
    assert "other" in invoke("sandbox", "list", "--data-dir", data_dir).stdout
    assert "is no fact" in invoke("class", "check", "signed_in", *where).stderr


def test_a_class_without_a_server_names_the_data_directory(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fact = '{"signed_in": "user"}'
    for command in (("open", "lisa"), ("list",), ("check", fact), ("reset",), ("close",)):
        result = invoke("class", *command, "--tag", "monday")
        assert (result.exit_code, result.stdout) == (1, ""), command
        assert f"No server runs on the data directory {tmp_path / 'var'}" in result.stderr
        assert "--data-dir" in result.stderr
        assert list(tmp_path.iterdir()) == []
    made = invoke("sandbox", "create", "--name", "alone", "--scenario", "case-lost-phone", "--data-dir", data_dir)
    assert (made.exit_code, made.stdout.partition("\t")[0]) == (0, "alone")
    assert f"No server runs on the data directory {data_dir}" in made.stderr


def test_an_empty_class_says_so(data_dir: Path) -> None:
    where = ("--tag", "nothing", "--data-dir", data_dir)
    invoke("sandbox", "create", "--scenario", "case-lost-phone", "--data-dir", data_dir)
    codes = {}
    for command in (("list",), ("check", '{"signed_in": "user"}'), ("reset",), ("close",)):
        result = invoke("class", *command, *where)
        codes[command[0]] = result.exit_code
        assert result.stdout == ""
        assert "No sandbox has the tag 'nothing'" in result.stderr
        assert str(data_dir) in result.stderr
    assert codes == {"list": 0, "check": 1, "reset": 1, "close": 1}


def test_scenarios_are_listed_and_checked(tmp_path: Path) -> None:
    assert "accountant-nl\t" in run("scenario", "list").stdout
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("name: wrong\ncolour: red\n")
    ended = run("scenario", "check", wrong)
    assert ended.returncode == 1
    assert "wrong.yaml" in ended.stdout
    assert "colour" in ended.stdout


def test_an_invalid_manual_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("id: wrong\n")
    ended = run("manual", "check", wrong)
    assert ended.returncode == 1
    assert "wrong.yaml" in ended.stdout
    assert run("manual", "walk", wrong, "--base-url", "http://localhost:9").returncode == 1


def test_a_manual_s_scenario_people_events_and_facts_are_those_of_the_platform(tmp_path: Path) -> None:
    head = "id: mine\ntitle: Mine\nlanguage: nl\nsource: {title: Ours}\nnow: 2022-03-01T09:00+01:00\n"
    steps = (
        "steps:\n  - tell: Wait.\n    do: {wait_for: {event: invoice.exploded}}\n    then: [{has_wings: {person: user}}]\n"
    )
    mine = tmp_path / "mine.yaml"
    mine.write_text(head + "scenario: accountant-nl\nperson: janitor\n" + steps)
    ended = run("manual", "check", mine)
    assert ended.returncode == 1
    problems = [line.removeprefix(f"{mine}:") for line in ended.stdout.splitlines()]
    assert [line.partition(", found ")[2] for line in problems] == ["'janitor'", "'invoice.exploded'", "'has_wings'"]
    assert problems[1].startswith("10: step 1, do")
    assert "invoice.exported" in problems[1]


def test_the_manuals_of_the_project_are_checked_where_no_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []

    def missing_names(file: Path, *_: object) -> list[str]:
        checked.append(file)
        return ["invoice-export.yaml:8: step 1: no such label"] if file.name == "invoice-export.yaml" else []

    monkeypatch.setattr(library, "missing_names", missing_names)
    ended = run("manual", "check")
    assert (ended.returncode, ended.stdout) == (1, "invoice-export.yaml:8: step 1: no such label\n")
    assert checked == library.manual_files()
    monkeypatch.setattr(library, "missing_names", lambda *_: [])
    assert run("manual", "check").stdout == "All right.\n"


def test_text_keys_are_found_by_words_and_by_whole_sentences() -> None:
    swedish = run("texts", "LÖSENORD", "glömt", "--language", "sv").stdout.splitlines()
    assert swedish
    assert all("\tsv\t" in line and "glömt" in line.lower() and "lösenord" in line.lower() for line in swedish)
    filled_in = run("texts", "De rollen op Bakkerij Rietkraag zijn opgeslagen.").stdout
    assert filled_in == "admin.roles.saved\tnl\tDe rollen op %(on)s zijn opgeslagen.\n"
    assert len(run("texts", "home.name").stdout.splitlines()) == 4
    assert run("texts", "no such words").returncode == 1
    assert "There is no language 'da'" in run("texts", "home", "--language", "da").stderr


def test_a_manual_with_a_scenario_of_its_own_is_checked(tmp_path: Path) -> None:
    shop = SMALL.replace("name: small", "name: shop")
    (tmp_path / "shop.yaml").write_text(shop, encoding="utf-8")
    head = "id: mine\ntitle: Mine\nlanguage: nl\nsource: {title: Ours}\nnow: 2022-03-01T09:00+01:00\nperson: administrator\n"
    step = "steps:\n  - tell: Ask {clerk.email}.\n    do: {open: home}\n"
    mine = tmp_path / "mine.yaml"
    for scenario, options in (("./shop.yaml", ()), ("shop", ("--scenarios", tmp_path))):
        mine.write_text(head + f"scenario: {scenario}\n" + step, encoding="utf-8")
        assert "cast (administrator), found 'clerk'" in run("manual", "check", mine, *options).stdout
        mine.write_text(head + f"scenario: {scenario}\n" + step.replace("clerk", "administrator"), encoding="utf-8")
        assert run("manual", "check", mine, *options).stdout == "All right.\n"
    (tmp_path / "shop.yaml").write_text("name: shop\n", encoding="utf-8")
    assert (
        "expected a scenario that can be used, found shop.yaml: "
        in run("manual", "check", mine, "--scenarios", tmp_path).stdout
    )
    assert "There is no language 'da'" in run("manual", "check", mine, "--language", "da").stderr


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
def test_a_worker_stops_at_a_signal(data_dir: Path) -> None:
    data_dir.mkdir(parents=True, exist_ok=True)
    command = [*COMMAND, "worker", "--data-dir", str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stdout is not None
        assert "Stop with Ctrl-C" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0


def test_a_command_can_have_a_server_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VNSIM_CONTROL_TOKEN", "somebody's")
    with own_server() as url:
        with FETCH.open(f"{url}/_sim/health", timeout=SECONDS) as answer:
            assert answer.status == 200
    with pytest.raises(OSError):
        FETCH.open(f"{url}/_sim/health", timeout=SECONDS)
