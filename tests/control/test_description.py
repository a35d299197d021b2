"""The served description holds: whatever it allows is answered as it says, whatever it forbids is refused."""

import re
from pathlib import Path
from typing import Any

import click
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from simulator.app import Platform
from simulator.cli import cli
from simulator.control.calls import all_calls
from simulator.core.clock import Clock
from simulator.core.store import Creation
from tests.conftest import NOW
from tests.control.conftest import TOKEN
from tests.visits import make_platform, store_of

EXAMPLES, FEW = 6, 2
"""Of each call; the same ones each time."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]

GONE = {"delete_sandbox", "reset_sandbox"}
"""Calls that must not meet the sandbox that the others are asked about."""


@pytest.fixture(scope="module")
def platforms(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> dict[bool, Platform]:
    """Return a platform without and one with a control token."""
    directory = tmp_path_factory.mktemp("described")
    return {
        False: make_platform(directory / "open", templates),
        True: make_platform(directory / "guarded", templates, control_token=TOKEN),
    }


def test_every_call_that_changes_something_may_find_no_room(platforms: dict[bool, Platform]) -> None:
    paths = (
        platforms[False]
        .test_client()
        .get("/_sim/openapi.json", environ_base={"REMOTE_ADDR": "127.0.0.1"})
        .get_json()["paths"]
    )
    silent = [
        f"{method} {path}"
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method != "get" and "507" not in operation["responses"]
    ]
    assert silent == []


@pytest.fixture(scope="module")
def described(platforms: dict[bool, Platform]) -> dict[bool, Any]:
    """Return what each platform says of itself."""
    return {
        guarded: schemathesis.openapi.from_wsgi("/_sim/openapi.json", at_this_machine(platform), headers=headers(guarded))
        for guarded, platform in platforms.items()
    }


def headers(guarded: bool) -> dict[str, str]:
    """Return what a call must say to be let in."""
    return {"Authorization": f"Bearer {TOKEN}"} if guarded else {}


def at_this_machine(platform: Platform) -> Any:
    """Return the application as a server at this machine runs it: the answer is taken whole, and closed."""

    def ask(environ: dict[str, Any], start: Any) -> list[bytes]:
        answer = platform(environ | {"REMOTE_ADDR": "127.0.0.1"}, start)
        try:
            return list(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()

    return ask


def ask_all(platform: Platform, operation: Any, mode: GenerationMode, guarded: bool, examples: int) -> None:
    """Ask a call for what the description allows, or forbids."""
    store = store_of(platform)

    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        if "name" in case.path_parameters:
            if not store.exists("default"):
                store.create("default", Creation(scenario="company-no", clock=Clock.frozen(NOW)))
            case.path_parameters["name"] = "default"
        if mode is GenerationMode.POSITIVE and case.query and "wait" in case.query:
            case.query["wait"] = 0
        case.call_and_validate(headers=headers(guarded), checks=CHECKS)

    ask()


def with_input() -> list[str]:
    """Return the calls that can be asked for something that is forbidden."""
    return [call.name for call in all_calls() if call.body or call.query]


def test_every_call_stands_in_the_page_about_them() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "control-api.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(GET|POST|PUT|DELETE) (/\S+)`", page, re.MULTILINE)
    assert sorted(listed) == sorted([*((call.method, call.path) for call in all_calls()), ("GET", "/openapi.json")])


def test_every_option_and_command_stands_in_the_page_about_them() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "control-api.md").read_text(encoding="utf-8")
    context = click.Context(cli)
    commands = {name: command for name in cli.list_commands(context) if (command := cli.get_command(context, name))}
    options: set[str] = set()
    for name, command in commands.items():
        for below, item in command.commands.items() if isinstance(command, click.Group) else ():
            assert re.search(rf"`vnsim {name}[^`|]*`.*\b{below}\b|`vnsim {name} {below}\b", page), (name, below)
            options |= options_of(item)
        options |= options_of(command)
        assert f"vnsim {name}" in page
    assert sorted(option for option in options if f"`{option}" not in page) == []


def options_of(command: click.Command) -> set[str]:
    """Return the long options of a command."""
    return {name for item in command.params if isinstance(item, click.Option) for name in item.opts if name.startswith("--")}


@pytest.mark.parametrize("call", [call.name for call in all_calls()])
def test_what_is_allowed_is_answered_as_described(
    platforms: dict[bool, Platform], described: dict[bool, Any], call: str
) -> None:
    for guarded, examples in ((False, EXAMPLES), (True, FEW)):
        operation = described[guarded].find_operation_by_id(call)
        ask_all(platforms[guarded], operation, GenerationMode.POSITIVE, guarded, examples)


@pytest.mark.parametrize("call", with_input())
def test_what_is_forbidden_is_refused(platforms: dict[bool, Platform], described: dict[bool, Any], call: str) -> None:
    ask_all(platforms[False], described[False].find_operation_by_id(call), GenerationMode.NEGATIVE, False, EXAMPLES)


@pytest.mark.parametrize("call", [call.name for call in all_calls()])
def test_without_the_token_nothing_is_answered(
    platforms: dict[bool, Platform], described: dict[bool, Any], call: str
) -> None:
    operation = described[True].find_operation_by_id(call)
    values = {
        "email": "x@y.example",
        "id": "1",
        "snapshot": "s",
        "language": "en",
        "customer": "c",
        "client": "c",
        "client_id": "c",
        "domain": "rietkraag.example",
        "user_name": "u",
        "number": "1",
    }
    path = operation.path.format(name="default", program="business", **values)
    answer = platforms[True].test_client().open(f"/_sim{path}", method=operation.method)
    assert answer.status_code == 401
