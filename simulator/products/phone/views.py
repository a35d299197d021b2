"""Routes of Phone: the authenticator app and the text messages of each person.

Own choice: every visitor of the sandbox can pick up any phone; nothing on it is real.
"""

from flask import Blueprint, Response, abort, jsonify
from sqlalchemy import func, select, union
from werkzeug.wrappers import Response as BaseResponse

from simulator.core import outbox
from simulator.core.normal_forms import phone_number
from simulator.core.numbers import LARGEST_ID
from simulator.core.sandbox import Db
from simulator.directory import credentials
from simulator.directory.models import ClearTextSecrets, Person, SignInSession
from simulator.directory.signing_in.models import SignIn, TextCode
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.pages import page
from simulator.web.visit import visit

blueprint = Blueprint("phone", __name__, template_folder="templates")

MOST_PHONES = 200
_HOLDERS = union(
    select(SignInSession.person_id, SignInSession.id.label("holder")),
    select(SignIn.person_id, SignIn.id.label("holder")).where(SignIn.person_id.is_not(None)),
).subquery()
_TEXTED = select(_HOLDERS.c.person_id, TextCode.number).join(TextCode, TextCode.holder == _HOLDERS.c.holder)
"""The people who are verifying a telephone number at present, with the number."""


@blueprint.get("/")
@public
def phones() -> BaseResponse:
    """List the phones that have an authenticator or receive text messages, by name."""
    with visit().sandbox.reading() as db:
        has_app = Person.totp_secret.is_not(None) & Person.totp_secret.is_distinct_from(ClearTextSecrets.lost_secret)
        query = (
            select(Person)
            .outerjoin(ClearTextSecrets, ClearTextSecrets.person_id == Person.id)
            .where(has_app | Person.sms_number.is_not(None) | Person.id.in_(_TEXTED.with_only_columns(_HOLDERS.c.person_id)))
            .order_by(func.sort_key(Person.first_name), func.sort_key(Person.last_name), Person.id)
        )
        people = db.scalars(query.limit(MOST_PHONES)).all()
    return page("phone/phones.html", i18n.t("phone.name"), people=people)


@blueprint.get(f"/<int(max={LARGEST_ID}):person_id>")
@public
def phone(person_id: int) -> BaseResponse:
    """Show one phone: the current code with its countdown, and the text messages."""
    with visit().sandbox.reading() as db:
        person = db.get(Person, person_id)
        numbers = _numbers(db, person) if person is not None else []
        has_app = person is not None and credentials.has_phone(db, person)
        if person is None or not (has_app or numbers):
            abort(404)
        current_code = credentials.next_code(db, person)
        texts = [text for number in numbers for text in outbox.newest_first(db, to=number, kind="sms")]
        texts.sort(key=lambda text: -text.id)
    title = i18n.t("phone.of", name=person.name)
    issuer = credentials.TOTP_ISSUER
    return page(
        "phone/phone.html", title, person=person, has_app=has_app, current_code=current_code, texts=texts, issuer=issuer
    )


@blueprint.get(f"/<int(max={LARGEST_ID}):person_id>/code")
@public
def code(person_id: int) -> Response:
    """Return the code and its seconds as JSON, for the countdown of the page."""
    with visit().sandbox.reading() as db:
        person = db.get(Person, person_id)
        if person is None or not credentials.has_phone(db, person):
            abort(404)
        current_code = credentials.next_code(db, person)
    return jsonify(
        code=current_code.code if current_code else None, valid_for=current_code.valid_for if current_code else None
    )


def _numbers(db: Db, person: Person) -> list[str]:
    """Return the numbers whose messages a person receives: the verified one, and those that are being verified."""
    texted = _TEXTED.with_only_columns(TextCode.number).where(_HOLDERS.c.person_id == person.id)
    numbers = [person.sms_number, *db.scalars(texted.order_by(TextCode.sent_at, TextCode.number))]
    return list(dict.fromkeys(phone_number(number) for number in numbers if number))
