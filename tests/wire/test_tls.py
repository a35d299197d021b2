"""HTTPS by the server itself: a client that says nothing keeps nobody from being answered."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from simulator import certificates
from simulator.certificates import own_certificate
from simulator.core.clock import machine_now
from simulator.http_server import UnusableCertificate
from simulator.settings import Certificate, Settings
from simulator.tls import TlsConnection, context_of
from tests.wire.client import Answer, exchange
from tests.wire.conftest import Served, serving
from tests.wire.test_connections import is_closed, keep_deadlines

BODY = bytes(range(256)) * 4096 * 3


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer with what was sent, or with three megabytes."""
    sent = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(sent or BODY))), ("X-Scheme", environ["wsgi.url_scheme"])])
    return [sent or BODY]


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return own_certificate(tmp_path, ["room.example", "192.168.1.20"])


@pytest.fixture
def served(certificate: Certificate, tmp_path: Path) -> Iterator[Served]:
    with serving(application, Settings(data_dir=tmp_path, certificate=certificate)) as served:
        yield served


def connect(served: Served, certificate: Certificate, name: str = "localhost") -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(certificate.authority))
    return context.wrap_socket(served.connect(), server_hostname=name)


def get(connection: socket.socket, body: bytes = b"") -> Answer:
    return exchange(connection, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


def test_a_client_that_connects_and_says_nothing_holds_up_nobody(served: Served, certificate: Certificate) -> None:
    silent = [served.connect() for _ in range(20)]
    silent[0].sendall(b"\x16\x03\x01\x02\x00\x01")
    with closing(connect(served, certificate)) as connection:
        for _ in range(2):
            answer = get(connection)
            assert answer.body == BODY
            assert answer.headers["x-scheme"] == "https"
    for connection_ in silent:
        connection_.close()


def test_what_is_large_arrives_whole_in_both_directions(served: Served, certificate: Certificate) -> None:
    with closing(connect(served, certificate, "192.168.1.20")) as connection:
        assert get(connection, BODY[::-1]).body == BODY[::-1]


def test_a_handshake_that_is_not_finished_has_a_deadline(served: Served) -> None:
    with closing(served.connect()) as connection:
        connection.sendall(b"\x16\x03\x01\x02\x00\x01")
        while not any(isinstance(each, TlsConnection) for each in served.server.connections):
            served.server._listeners[0].pull_trigger()
        keep_deadlines(served, 16)
        assert is_closed(connection)


def test_an_address_without_https_leads_to_the_one_with_it(served: Served, certificate: Certificate, tmp_path: Path) -> None:
    with closing(served.connect()) as connection:
        answer = exchange(connection, b"GET /join?a=1 HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n")
    assert answer.status == 307
    assert answer.headers["location"] == "https://localhost:8000/join?a=1"


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x00\x05hello", b"\x00" * 400, b"GET http://elsewhere.example/ HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_handshake_is_left_and_the_next_is_answered(
    served: Served, certificate: Certificate, sent: bytes
) -> None:
    with closing(served.connect()) as connection, suppress(ConnectionError):
        connection.sendall(sent)
        answer = connection.recv(4096)
        assert b"elsewhere" not in answer
    with closing(connect(served, certificate)) as connection:
        assert get(connection, b"still here").body == b"still here"


def test_the_authority_signs_for_private_networks_and_its_own_names_only(certificate: Certificate) -> None:
    assert certificate.authority is not None
    authority = x509.load_pem_x509_certificate(certificate.authority.read_bytes())
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    names = {str(item.value) for item in constraints.value.permitted_subtrees or []}
    assert constraints.critical
    assert {"localhost", "192.168.0.0/16", "room.example"} <= names
    assert not any(name in names for name in ("0.0.0.0/0", "example", ""))
    with pytest.raises(ssl.SSLCertVerificationError):
        _verify(certificate, "other.example")


def _verify(certificate: Certificate, name: str) -> None:
    """Let a client of TLS look at the certificate, without a server."""
    client_in, client_out = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context(cafile=str(certificate.authority)).wrap_bio(
        client_in, client_out, server_hostname=name
    )
    server_in, server_out = client_out, client_in
    server = context_of(certificate.chain, certificate.key).wrap_bio(server_in, server_out, server_side=True)
    for _ in range(4):
        for side in (client, server):
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()


def test_a_certificate_stays_until_it_nears_its_end_or_the_names_change(
    tmp_path: Path, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["room.example", "192.168.1.20"]
    first, authority = certificate.chain.read_bytes(), (tmp_path / "tls/authority.pem").read_bytes()
    assert own_certificate(tmp_path, names).chain.read_bytes() == first
    own_certificate(tmp_path, [*names, "10.1.2.3"])
    second = certificate.chain.read_bytes()
    assert second != first
    _verify(certificate, "localhost")
    monkeypatch.setattr(certificates, "machine_now", lambda: machine_now() + timedelta(days=370))
    own_certificate(tmp_path, [*names, "10.1.2.3"])
    third = certificate.chain.read_bytes()
    assert third != second
    assert (tmp_path / "tls/authority.pem").read_bytes() == authority
    lasts = x509.load_pem_x509_certificate(third)
    assert lasts.not_valid_after_utc - lasts.not_valid_before_utc <= timedelta(days=398)


def test_the_keys_are_for_their_owner_only(tmp_path: Path, certificate: Certificate) -> None:
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "tls").glob("*.key")} == {0}


def test_a_damaged_certificate_is_made_anew_and_one_of_others_is_refused_with_a_sentence(
    tmp_path: Path, certificate: Certificate
) -> None:
    certificate.chain.write_text("damaged")
    with pytest.raises(UnusableCertificate, match="cannot be used"):
        context_of(certificate.chain, certificate.key)
    own_certificate(tmp_path, ["room.example"])
    context_of(certificate.chain, certificate.key)
