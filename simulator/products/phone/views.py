"""Routes of Phone: the authenticator app and text messages of each person.

Own choice: whoever can reach the sandbox can pick up any phone; there is nothing real on it.
"""

from flask import Blueprint, Response, abort, jsonify
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from simulator.core import outbox
from simulator.core.sandbox import Db
from simulator.directory import credentials
from simulator.directory.models import Note, Person
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.pages import page
from simulator.web.rules import LARGEST_ID
from simulator.web.visit import visit

blueprint = Blueprint("phone", __name__, template_folder="templates")

PHONES_SHOWN = 200


@blueprint.get("/")
@public
def phones() -> BaseResponse:
    """List the phones that have an authenticator, by name; one that is lost is not among them."""
    with visit().sandbox.reading() as db:
        query = (
            select(Person)
            .outerjoin(Note, Note.person_id == Person.id)
            .where(Person.totp_secret.is_distinct_from(Note.lost_secret))
            .order_by(Person.first_name, Person.last_name, Person.id)
        )
        people = db.scalars(query.limit(PHONES_SHOWN)).all()
    return page("phone/phones.html", i18n.t("phone.name"), people=people)


@blueprint.get(f"/<int(max={LARGEST_ID}):person_id>")
@public
def phone(person_id: int) -> BaseResponse:
    """Show one phone: the code that can be typed now, with its countdown, and the text messages."""
    with visit().sandbox.reading() as db:
        person = _person(db, person_id)
        shown = credentials.next_code(db, person)
        texts = outbox.newest_first(db, to=person.phone, kind="sms") if person.phone else []
    title = i18n.t("phone.of", name=person.name)
    return page("phone/phone.html", title, person=person, shown=shown, texts=texts, issuer=credentials.TOTP_ISSUER)


@blueprint.get(f"/<int(max={LARGEST_ID}):person_id>/code")
@public
def code(person_id: int) -> Response:
    """Return the code and its seconds as JSON, for the countdown of the page."""
    with visit().sandbox.reading() as db:
        shown = credentials.next_code(db, _person(db, person_id))
    return jsonify(code=shown.code if shown else None, valid_for=shown.valid_for if shown else None)


def _person(db: Db, person_id: int) -> Person:
    person = db.get(Person, person_id)
    if person is None or not credentials.is_on_a_phone(db, person):
        abort(404)
    return person
