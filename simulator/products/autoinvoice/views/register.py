"""Routes of AutoInvoice's own registration: the form, its confirmation, and the link of the welcome mail."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.texts import best_language
from simulator.directory.companies import Details
from simulator.directory.countries import COUNTRIES
from simulator.directory.people import Particulars
from simulator.products.autoinvoice.forms.settings import Registration
from simulator.products.autoinvoice.services import registration
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.forms import Plain
from simulator.web.pages import page
from simulator.web.submissions import works_once
from simulator.web.visit import visit

ACCOUNT_TYPES = ("organisation",)
"""Source: "Slik registrerer du deg i AutoInvoice", the only type that it names."""


@blueprint.route("/register", methods=["GET", "POST"])
@public
def register() -> Response:
    """Register a company with AutoInvoice. Source: "Slik registrerer du deg i AutoInvoice"; labels there."""
    form = Registration()
    form.account_type.choices = [(kind, i18n.t(f"autoinvoice.register.type.{kind}")) for kind in ACCOUNT_TYPES]
    form.country.choices = [(country.code, i18n.t(country.text)) for country in COUNTRIES]
    if not form.is_submitted():
        _fill_in(form)
        return _page(form, 200)
    if not form.validate():
        return _page(form, 422)
    with visit().sandbox.transaction() as db:
        outcome = registration.register(db, form.country.data, _details(form), _contact(form))
    if outcome.refusal is not None:
        form.refuse(outcome.refusal)
        return _page(form, 422)
    return redirect(url_for(".registered"))


@blueprint.get("/registered")
@public
def registered() -> Response:
    """Say that a welcome mail is on its way, in the same words whether the address has an account or not."""
    return page("autoinvoice/registered.html", i18n.t("autoinvoice.register.done"))


@blueprint.route("/activate/<token>", methods=["GET", "POST"])
@public
@works_once
def activate(token: str) -> Response:
    """Activate an account by the link of the welcome mail, valid once and for 15 minutes; Connect asks for the password.

    Own choice: a button activates, not the link alone, as with Connect's own welcome mail; Connect mails a new link to a user who
    forgot the password.
    """
    form = Plain()
    with visit().sandbox.transaction() if form.is_submitted() else visit().sandbox.reading() as db:
        person = registration.person_to_activate(db, token)
        if person is None:
            return page("autoinvoice/registration_gone.html", i18n.t("autoinvoice.register.gone"), status=404)
        if not form.validate_on_submit():
            title = i18n.t("connect.password.activate_title")
            return page("autoinvoice/activate.html", title, form=form, email=person.email)
        connect_token = registration.activate(db, token)
    return redirect(url_for("connect.activate", token=connect_token))


def _page(form: Registration, status: int) -> Response:
    examples = [(i18n.t(country.text), country.number) for country in COUNTRIES]
    return page("autoinvoice/register.html", i18n.t("autoinvoice.register"), status=status, form=form, examples=examples)


def _fill_in(form: Registration) -> None:
    """Fill in the signed-in user, if any: one address serves all companies of a person."""
    spoken_in = [country for country in COUNTRIES if country.language == i18n.language()]
    form.country.data = (spoken_in or COUNTRIES)[0].code
    acting = visit().actor
    if acting is not None:
        first_name, _, last_name = acting.name.partition(" ")
        form.first_name.data, form.last_name.data, form.email.data = first_name, last_name, acting.email


def _details(form: Registration) -> Details:
    def typed(name: str) -> str:
        return (form[name].data or "").strip()

    return Details(
        name=typed("name"),
        organisation_number=typed("organisation_number"),
        street=typed("street"),
        postal_code=typed("postal_code"),
        city=typed("city"),
        email=typed("email"),
        phone=typed("phone") or None,
    )


def _contact(form: Registration) -> Particulars:
    return Particulars(
        email=(form.email.data or "").strip(),
        first_name=(form.first_name.data or "").strip(),
        last_name=(form.last_name.data or "").strip(),
        language=best_language(i18n.language()),
        phone=(form.phone.data or "").strip() or None,
    )
