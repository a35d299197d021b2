"""Keys with which programs call AutoInvoice."""

from uuid import UUID

from simulator.core import events
from simulator.core.sandbox import Db, Sandbox
from simulator.directory.models import Person
from simulator.documents.accounts import api_keys
from simulator.documents.model.models import KeyKind
from tests.documents import norway as no


def _somebody(db: Db) -> Person:
    return db.get_one(Person, no.acting(db).id)


def test_a_key_opens_for_whom_it_was_made_and_has_the_form_of_a_uuid(norway: Sandbox) -> None:
    with norway.transaction() as db:
        person = _somebody(db)
        key = api_keys.make_for(db, person, person.email)
        text = api_keys.text_of(db, key)
        assert UUID(text).version == 4
        api_key = api_keys.by_text(db, KeyKind.USER, text)
        assert api_key is not None and api_key.person_id == person.id
        assert api_keys.by_text(db, KeyKind.VENDOR, text) is None


def test_what_is_stored_of_a_key_opens_nothing(norway: Sandbox) -> None:
    with norway.transaction() as db:
        key = api_keys.make_for(db, _somebody(db))
        assert api_keys.by_text(db, KeyKind.USER, key.value) is None


def test_a_new_key_replaces_the_one_before(norway: Sandbox) -> None:
    with norway.transaction() as db:
        person = _somebody(db)
        first = api_keys.make_for(db, person)
        second = api_keys.make_for(db, person)
        assert api_keys.by_text(db, KeyKind.USER, api_keys.text_of(db, first)) is None
        assert api_keys.of_person(db, person.id) is second
        assert api_keys.ensure_for(db, person) is second
        assert [line.type for line in events.after(db) if line.type.startswith("api_key.")][-3:] == [
            "api_key.created",
            "api_key.disabled",
            "api_key.created",
        ]


def test_a_vendor_can_have_several_keys_until_they_are_disabled(norway: Sandbox) -> None:
    with norway.transaction() as db:
        before = len(api_keys.vendor(db))
        keys = [api_keys.make_vendor(db, name) for name in ("AccountView", "Own program")]
        assert [key.value for key in api_keys.vendor(db)][before:] == [key.value for key in keys]
        api_keys.disable(db, keys[0])
        assert [key.value for key in api_keys.vendor(db)][before:] == [keys[1].value]
