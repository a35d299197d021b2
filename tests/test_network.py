"""What `vnsim serve --network` and the options of HTTPS leave to the machine."""

import re
from contextlib import closing
from ipaddress import ip_address
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulator.certificates import own_certificate
from simulator.cli import cli
from simulator.core.clock import Clock
from simulator.core.store import Creation
from simulator.network import lasting_token, lines_for_the_room, names_of, own_address, settings_for_network
from simulator.settings import DEFAULT, TOKEN_FILE, Settings
from simulator.testing.api import Api, NoServer
from tests.conftest import NOW
from tests.visits import make_platform, store_of
from tests.wire.conftest import serving


def test_the_token_of_a_data_directory_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    token = lasting_token(tmp_path)
    assert re.fullmatch(r"([0-9a-f]{4}-){5}[0-9a-f]{4}", token)
    assert lasting_token(tmp_path) == token
    assert (tmp_path / TOKEN_FILE).stat().st_mode & 0o077 == 0
    (tmp_path / TOKEN_FILE).write_text("")
    assert lasting_token(tmp_path) != token


def test_a_room_is_served_at_the_address_of_this_machine_and_with_a_token(tmp_path: Path) -> None:
    ip_address(own_address())
    settings = settings_for_network(Settings(data_dir=tmp_path, host="0.0.0.0", port=8123))
    assert settings.public_url == f"http://{own_address()}:8123"
    assert settings.control_token == lasting_token(tmp_path)
    lines = lines_for_the_room(settings)
    assert f"Trainees: {settings.public_url}/join" in lines
    assert len(lines[-1].splitlines()) > 10


def test_what_was_given_is_kept(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, host="10.1.2.3", port=1, control_token="own", public_url="https://room.example")
    assert settings_for_network(settings) == settings
    assert {"room.example", "10.1.2.3"} <= set(names_of(settings))
    assert settings_for_network(Settings(data_dir=tmp_path, host="fd00::1", port=1)).base_address == "http://[fd00::1]:1"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--certificate", __file__], "A certificate needs its key"),
        (["--key", __file__], "A certificate needs its key"),
        (["--tls", "--certificate", __file__, "--key", __file__], "Either --tls"),
    ],
)
def test_options_that_do_not_fit_are_refused_with_a_sentence(options: list[str], sentence: str) -> None:
    answer = CliRunner().invoke(cli, ["serve", "--ephemeral", "--port", "0", *options])
    assert answer.exit_code == 1
    assert sentence in answer.output


def test_commands_trust_the_certificate_of_their_server_and_no_other(tmp_path: Path, templates: Path) -> None:
    certificate = own_certificate(tmp_path / "own", ["room.example"])
    other = own_certificate(tmp_path / "other", ["room.example"])
    platform = make_platform(tmp_path / "data", templates, certificate=certificate)
    store_of(platform).create(DEFAULT, Creation(scenario="accountant-nl", clock=Clock.frozen(NOW)))
    with serving(platform, platform.extensions["settings"]) as served:
        url = f"https://localhost:{served.port}"
        with closing(Api(url, certificate=certificate.chain)) as api:
            assert [sandbox["name"] for sandbox in api.get("/sandboxes")] == [DEFAULT]
        for trusted in (other.chain, None):
            with closing(Api(url, certificate=trusted)) as api, pytest.raises(NoServer):
                api.get("/sandboxes")
