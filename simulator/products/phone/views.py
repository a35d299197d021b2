"""Routes of Phone: the authenticator app, its requests, the security key and the text messages of each person.

Own choice: every visitor of the sandbox can pick up any phone; nothing on it is real.
"""

from flask import Blueprint, Response, abort, jsonify, redirect, request, url_for
from sqlalchemy import ColumnElement, func, select, union
from werkzeug.wrappers import Response as BaseResponse

from simulator.core import outbox
from simulator.core.normal_forms import phone_number
from simulator.core.numbers import LARGEST_ID
from simulator.core.sandbox import Db
from simulator.directory import credentials
from simulator.directory.models import ClearTextSecrets, Person, SignInSession
from simulator.directory.security_keys.models import PhoneKey
from simulator.directory.signing_in import push
from simulator.directory.signing_in.models import Enrolment, SignIn, TextCode
from simulator.directory.signing_in.push import PushState
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.pages import flash_text, page
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
        has_key = Person.id.in_(select(PhoneKey.person_id))
        gets_app = Person.id.in_(select(Enrolment.person_id).where(_is_new_account(db)))
        query = (
            select(Person)
            .outerjoin(ClearTextSecrets, ClearTextSecrets.person_id == Person.id)
            .where(
                has_app
                | has_key
                | gets_app
                | Person.sms_number.is_not(None)
                | Person.id.in_(_TEXTED.with_only_columns(_HOLDERS.c.person_id))
            )
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
        key_count = db.scalar(select(func.count()).where(PhoneKey.person_id == person_id)) or 0
        new_account = _new_account(db, person_id)
        if person is None or not (has_app or numbers or key_count or new_account):
            abort(404)
        current_code = credentials.next_code(db, person)
        new_code = credentials.next_code_of(db, new_account.secret, new_account.step) if new_account else None
        push_requests = push.waiting(db, person) if has_app else []
        texts = [text for number in numbers for text in outbox.newest_first(db, to=number, kind="sms")]
        texts.sort(key=lambda text: -text.id)
    title = i18n.t("phone.of", name=person.name)
    issuer = credentials.TOTP_ISSUER
    return page(
        "phone/phone.html", title, person=person, has_app=has_app, current_code=current_code, texts=texts, issuer=issuer,
        key_count=key_count, new_account=new_account, new_code=new_code, push_requests=push_requests,
    )  # fmt: skip


@blueprint.post(f"/<int(max={LARGEST_ID}):person_id>/push/<int(max={LARGEST_ID}):request_id>")
@public
def answer_push(person_id: int, request_id: int) -> BaseResponse:
    """Approve a request by the number on the page of the sign-in, or deny it."""
    with visit().sandbox.transaction() as db:
        person = db.get(Person, person_id)
        if person is None or not credentials.has_phone(db, person):
            abort(404)
        requests = [waiting for waiting in push.waiting(db, person) if waiting.id == request_id]
        if requests:
            state = push.answer(db, requests[0], request.form.get("number") or None)
            flash_text(f"phone.push.{state}", "success" if state is PushState.APPROVED else "warning")
        else:
            flash_text("phone.push.over", "warning")
    return redirect(url_for(".phone", person_id=person_id))


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


def _is_new_account(db: Db) -> ColumnElement[bool]:
    """Match enrolments with Visma Authenticator that are going on: the phone has their secret already."""
    return Enrolment.push & Enrolment.done.is_(False) & (Enrolment.expires_at > db.clock.now())


def _new_account(db: Db, person_id: int) -> Enrolment | None:
    query = select(Enrolment).where(Enrolment.person_id == person_id, _is_new_account(db))
    return db.scalar(query.order_by(Enrolment.expires_at.desc(), Enrolment.holder).limit(1))


def _numbers(db: Db, person: Person) -> list[str]:
    """Return the numbers whose messages a person receives: the verified one, and those that are being verified."""
    texted = _TEXTED.with_only_columns(TextCode.number).where(_HOLDERS.c.person_id == person.id)
    numbers = [person.sms_number, *db.scalars(texted.order_by(TextCode.sent_at, TextCode.number))]
    return list(dict.fromkeys(phone_number(number) for number in numbers if number))
