"""What opens something in one sandbox opens nothing in another of the same scenario and seed, nor in an imported copy."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core import copies, jobs
from simulator.core.clock import Clock
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.directory import links
from simulator.directory.models import Company, LinkKind, Person
from simulator.directory.signing_in import devices
from simulator.documents.accounts import identity
from simulator.documents.exchange import links as document_links
from simulator.documents.model.models import Direction, Document
from simulator.documents.synthetic import consumption
from simulator.web.sessions import cookie_name, cookie_path
from tests.conftest import NOW
from tests.visits import cast, make_platform, session_cookie, store_of

PERSON, COMPANY, ACCESS_POINT = "administrator", "registered", "nordavind"


@dataclass
class Side:
    """One of two sandboxes that were created alike."""

    platform: Platform
    sandbox: Sandbox

    def get(self, path: str, cookies: dict[str, str] | None = None, **more: Any) -> TestResponse:
        """Get a page of this sandbox."""
        client = self.platform.test_client()
        for name, value in (cookies or {}).items():
            client.set_cookie(name, value, path=cookie_path(self.sandbox.name))
        return client.get(f"/s/{self.sandbox.name}/{path}", **more)

    def control(self, path: str) -> Any:
        """Get an answer of the control API about this sandbox."""
        return self.platform.test_client().get(f"/_sim/sandboxes/{self.sandbox.name}/{path}").json

    def token(self, client_secret: str, vendor_api_key: str | None = None) -> TestResponse:
        """Ask AutoInvoice for a token with somebody's key."""
        company = next(item for item in self.control("autoinvoice")["companies"] if item["key"] == COMPANY)
        fields = {"grant_type": "client_credentials", "scope": "company", "client_id": company["client_id"]}
        fields |= {"client_secret": client_secret} | ({"vendor_api_key": vendor_api_key} if vendor_api_key else {})
        path = f"/s/{self.sandbox.name}/autoinvoice/api/oauth2/token"
        return self.platform.test_client().post(path, data=fields)

    @property
    def client_secret(self) -> str:
        """The API key of the company's administrator."""
        company = next(item for item in self.control("autoinvoice")["companies"] if item["key"] == COMPANY)
        return str(company["users"][0]["client_secret"])


def _person(db: Db) -> Person:
    return db.scalars(select(Person).where(Person.key == PERSON)).one()


def _session(side: Side) -> str:
    return session_cookie(side.sandbox, cast(side.sandbox, PERSON).email)


def _has_session(side: Side, value: str) -> bool:
    return side.get("home/", {cookie_name(side.sandbox.name): value}).status_code == 200


def _device(side: Side) -> str:
    with side.sandbox.transaction() as db:
        return devices.remember(db, _person(db))


def _is_remembered(side: Side, value: str) -> bool:
    with side.sandbox.reading() as db:
        return devices.is_remembered(db, _person(db), value)


def _mailed(kind: LinkKind) -> Callable[[Side], str]:
    def make(side: Side) -> str:
        with side.sandbox.transaction() as db:
            return links.make(db, _person(db), kind)

    return make


def _finds(kind: LinkKind) -> Callable[[Side, str], bool]:
    def opens(side: Side, value: str) -> bool:
        with side.sandbox.reading() as db:
            return links.find(db, value, kind) is not None

    return opens


def _signing(side: Side) -> str:
    with side.sandbox.transaction() as db:
        company = db.scalars(select(Company).where(Company.key == COMPANY)).one()
        identity.start(db, "test", company, "Ola Signatar", "ola@fjordlys.example", "nb")
    jobs.run_due(side.sandbox)
    (mail,) = side.control("messages?to=ola@fjordlys.example")
    return str(urlsplit(mail["links"][0]).path.rpartition("/")[2])


def _may_sign(side: Side, value: str) -> bool:
    with side.sandbox.reading() as db:
        return identity.find(db, value) is not None


def _document(side: Side) -> str:
    consumption.unpack_all(side.sandbox)
    with side.sandbox.reading() as db:
        sent = select(Document).where(Document.direction == Direction.SENT).order_by(Document.uuid)
        document: Document = db.scalars(sent.limit(1)).one()
        return document_links.token_of(db, document)


def _shows_document(side: Side, value: str) -> bool:
    return 'name="passcode"' in side.get(f"autoinvoice/view/{value}").text


def _client_secret(side: Side) -> str:
    return side.client_secret


def _gets_token(side: Side, value: str) -> bool:
    return side.token(value).status_code == 200


def _vendor_key(side: Side) -> str:
    return str(side.control("autoinvoice")["vendor_api_keys"][0]["vendor_api_key"])


def _is_vendor(side: Side, value: str) -> bool:
    return side.token(side.client_secret, value).status_code == 200


def _access_token(side: Side) -> str:
    answer = side.token(side.client_secret).json
    assert answer is not None
    return str(answer["access_token"])


def _calls(side: Side, value: str) -> bool:
    answer = side.get("autoinvoice/api/v1/company/settings", headers={"Authorization": f"Bearer {value}"})
    return answer.status_code == 200


def _elma_password(side: Side) -> str:
    points = side.control("elma")["access_points"]
    return next(str(point["password"]) for point in points if point["user"] == ACCESS_POINT)


def _calls_elma(side: Side, value: str) -> bool:
    return side.get("elma/api/endpoints", auth=(ACCESS_POINT, value)).status_code == 200


def _join_key(side: Side) -> str:
    with side.sandbox.reading() as db:
        return str(db.record.join_key)


def _joins(side: Side, value: str) -> bool:
    return _join_key(side) == value


OPENERS: dict[str, tuple[Callable[[Side], str], Callable[[Side, str], bool]]] = {
    "session": (_session, _has_session),
    "remembered device": (_device, _is_remembered),
    **{f"link: {kind}": (_mailed(kind), _finds(kind)) for kind in LinkKind},
    "link: signing": (_signing, _may_sign),
    "link: document": (_document, _shows_document),
    "client secret": (_client_secret, _gets_token),
    "vendor's key": (_vendor_key, _is_vendor),
    "access token": (_access_token, _calls),
    "ELMA's password": (_elma_password, _calls_elma),
    "join key": (_join_key, _joins),
}
"""Everything that opens something in a sandbox: how to get one there, and whether one opens it."""


@pytest.fixture(scope="module")
def platform(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """Return the platform, with no sandbox yet."""
    return make_platform(tmp_path_factory.mktemp("openers"), templates)


def _create(platform: Platform, name: str) -> Side:
    store = store_of(platform)
    if store.exists(name):
        store.delete(name)
    store.create(name, Creation(scenario="company-no", clock=Clock.frozen(NOW), seed="seed"))
    return Side(platform, store.open(name))


def test_an_opener_opens_its_own_sandbox_and_no_other_of_the_same_seed(platform: Platform) -> None:
    first, second = _create(platform, "first"), _create(platform, "second")
    with first.sandbox, second.sandbox:
        for kind, (make, opens) in OPENERS.items():
            own, other = make(first), make(second)
            assert own != other, kind
            assert not opens(second, own), kind
            assert not opens(first, other), kind
            assert opens(first, own), kind


def test_an_opener_opens_no_imported_copy(platform: Platform, tmp_path: Path) -> None:
    side = _create(platform, "first")
    with side.sandbox:
        own = {kind: make(side) for kind, (make, _) in OPENERS.items()}
        copy = _import(store_of(platform), side.sandbox.name, tmp_path / "file.sqlite")
    with store_of(platform).open(copy) as sandbox:
        for kind, (_, opens) in OPENERS.items():
            assert not opens(Side(platform, sandbox), own[kind]), kind


def test_keys_of_programs_stay_after_a_reset(platform: Platform) -> None:
    kinds = ("client secret", "vendor's key", "ELMA's password", "join key")
    side = _create(platform, "first")
    with side.sandbox:
        own = {kind: OPENERS[kind][0](side) for kind in kinds}
    store_of(platform).reset("first")
    with store_of(platform).open("first") as sandbox:
        side = Side(platform, sandbox)
        assert {kind: OPENERS[kind][0](side) for kind in kinds} == own


def test_a_mail_in_an_imported_copy_has_a_link_that_opens_there(platform: Platform, tmp_path: Path) -> None:
    side = _create(platform, "first")
    with side.sandbox:
        before = _activation_link(side)
        copy = _import(store_of(platform), "first", tmp_path / "file.sqlite")
    content = (tmp_path / "kept.sqlite").read_bytes()
    assert before.rpartition("/")[2].encode() not in content
    with store_of(platform).open(copy) as sandbox:
        other = Side(platform, sandbox)
        link = _activation_link(other)
        assert link != before
        assert 'name="password"' in other.get(f"connect/activate/{link.rpartition('/')[2]}").text
        assert 'name="password"' not in other.get(f"connect/activate/{before.rpartition('/')[2]}").text


def _activation_link(side: Side) -> str:
    mails = [mail for mail in side.control("messages") if any("/connect/activate/" in link for link in mail["links"])]
    link = str(mails[-1]["links"][0])
    assert link in mails[-1]["text"]
    assert link in mails[-1]["html"]
    return urlsplit(link).path


def _import(store: Store, name: str, path: Path) -> str:
    """Export a sandbox, and import it under another name."""
    copies.export(store, name, path)
    (path.parent / "kept.sqlite").write_bytes(path.read_bytes())
    if store.exists("copy"):
        store.delete("copy")
    return copies.import_file(store, "copy", path, lambda db: None)
