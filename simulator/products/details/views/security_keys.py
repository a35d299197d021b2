"""Routes of security keys and passkeys, and of removing the authenticator."""

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from simulator.core.numbers import LARGEST_ID
from simulator.core.sandbox import Db
from simulator.directory.models import Person
from simulator.directory.security_keys import ceremonies, keys, parties
from simulator.directory.security_keys.ceremonies import KeyRefusal
from simulator.directory.security_keys.models import SecurityKey
from simulator.directory.step_up import Answer
from simulator.products.details import forms, key_services, queries
from simulator.products.details.views.blueprint import blueprint, form_page, run, session_id
from simulator.web import i18n
from simulator.web.access import signed_in
from simulator.web.pages import flash_text, page
from simulator.web.security_keys import KeyForm, no_options, options_response
from simulator.web.step_up import OwnPassword, PasswordAndCode
from simulator.web.submissions import completed, works_once
from simulator.web.visit import actor, visit

KIND = "<any(key, passkey):key_kind>"
KEY = f"<int(max={LARGEST_ID}):key_id>"


@blueprint.route(f"/keys/add/{KIND}", methods=["GET", "POST"])
@signed_in
def add_key(key_kind: str) -> Response:
    """Ask for the password and a name for the new key, then go on with the browser's part.

    Source: Connect help, account settings: *Add passkey*. Own choice: security keys are added in the same way.
    """
    form = forms.NewKey()
    if form.validate_on_submit() and run(
        form,
        lambda db, person: key_services.begin(
            db, person, session_id(), form.proof(db), form.name.data, passkey=key_kind == "passkey"
        ),
    ):
        return redirect(url_for(".create_key", key_kind=key_kind))
    return form_page("details/add_key.html", f"details.add_{key_kind}", form, kind=key_kind)


@blueprint.route(f"/keys/create/{KIND}", methods=["GET", "POST"])
@signed_in
@works_once
def create_key(key_kind: str) -> Response:
    """Create the key: in the browser, or on the phone. The first method comes with an emergency code, which is displayed once."""
    form = KeyForm()
    passkey = key_kind == "passkey"
    with visit().sandbox.transaction() if form.is_submitted() else visit().sandbox.reading() as db:
        person = queries.own(db, actor())
        if key_services.name_of_new_key(db, session_id(), passkey=passkey) is None:
            return redirect(url_for(".add_key", key_kind=key_kind))
        if form.validate_on_submit():
            response = form.create(
                db, person, lambda: ceremonies.creation_options(db, person, session_id(), passkey=passkey)
            )
            result = (
                key_services.create(db, person, session_id(), response, passkey=passkey) if response is not None else None
            )
            if isinstance(result, KeyRefusal):
                form.refuse_key(db, result)
            elif result is not None and result.emergency_code is not None:
                return completed(
                    page("details/new_code.html", i18n.t("details.emergency_code"), code=result.emergency_code, first=True)
                )
            elif result is not None:
                flash_text(f"details.{key_kind}_added", name=result.key.name)
                return redirect(url_for(".overview"))
        origin = parties.origin(db)
    return form_page("details/create_key.html", f"details.add_{key_kind}", form, kind=key_kind, origin=origin)


@blueprint.post(f"/keys/create/{KIND}/options")
@signed_in
def creation_options(key_kind: str) -> ResponseReturnValue:
    """Return what the browser needs to create the key."""
    passkey = key_kind == "passkey"
    with visit().sandbox.transaction() as db:
        if key_services.name_of_new_key(db, session_id(), passkey=passkey) is None:
            return no_options()
        person = queries.own(db, actor())
        return options_response(ceremonies.creation_options(db, person, session_id(), passkey=passkey))


@blueprint.route(f"/keys/{KEY}/rename", methods=["GET", "POST"])
@signed_in
def rename_key(key_id: int) -> Response:
    """Give a key another name."""
    with visit().sandbox.reading() as db:
        key = _own_key(db, queries.own(db, actor()), key_id)
        form = forms.KeyName(name=key.name)
        name = key.name
    if form.validate_on_submit():
        with visit().sandbox.transaction() as db:
            changed = keys.rename(db, _own_key(db, queries.own(db, actor()), key_id), form.name.data.strip())
        flash_text("details.saved" if changed else "details.unchanged")
        return redirect(url_for(".overview"))
    return form_page("details/rename_key.html", "details.rename_key", form, name=name)


@blueprint.route(f"/keys/{KEY}/remove", methods=["GET", "POST"])
@signed_in
def remove_key(key_id: int) -> Response:
    """Remove a key after the password; never the last method while a customer demands two steps."""
    form = OwnPassword()
    with visit().sandbox.reading() as db:
        person = queries.own(db, actor())
        key = _own_key(db, person, key_id)
        is_last = key_services.is_last(db, person, key)

    def command(db: Db, person: Person) -> Answer:
        return key_services.remove(db, person, _own_key(db, person, key_id), form.proof(db))

    if form.validate_on_submit() and run(form, command):
        flash_text("details.key_removed", name=key.name)
        return redirect(url_for(".overview"))
    return form_page("details/remove_key.html", "details.remove_key", form, key=key, is_last=is_last)


@blueprint.route("/authenticator/remove", methods=["GET", "POST"])
@signed_in
def remove_authenticator() -> Response:
    """Remove the authenticator while a key remains."""
    form = PasswordAndCode()
    if form.validate_on_submit() and run(
        form, lambda db, person: key_services.remove_authenticator(db, person, form.proof(db), form.code.data)
    ):
        flash_text("details.authenticator_removed")
        return redirect(url_for(".overview"))
    return form_page("details/remove_authenticator.html", "details.remove_authenticator", form)


def _own_key(db: Db, person: Person, key_id: int) -> SecurityKey:
    key = keys.of_person(db, person, key_id)
    if key is None:
        abort(404)
    return key
