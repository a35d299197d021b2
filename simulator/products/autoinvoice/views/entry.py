"""Routes of AutoInvoice's entry page for visitors who are not signed in: the e-mail address, and a forgotten password.

Source: AutoInvoice's login page of January 2021, from which Connect asks for the password. Own choice: addresses of single pages
lead to Connect, without a stop here; the line about encryption appears only when the connection is encrypted.
"""

from typing import Any

from flask import current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from simulator.directory import recovery_mails
from simulator.directory.models import LinkKind
from simulator.products.autoinvoice.forms.entry import Login, OrderPassword
from simulator.products.autoinvoice.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.pages import flash_text, page
from simulator.web.visit import visit

LANGUAGES = {"en": ("en", "English"), "se": ("sv", "Svenska"), "no": ("nb", "Norsk"), "nl": ("nl", "Nederlands")}
"""Language code in the entry page's addresses → our code, and the name on the page. Left out: Finnish and Danish."""


@blueprint.route("/login", methods=["GET", "POST"])
@public
def login() -> Response:
    """Ask for the e-mail address, and redirect to Connect with it."""
    chosen = LANGUAGES.get(request.args.get("lang", ""))
    if chosen is not None:
        session["language"] = chosen[0]
        return redirect(url_for(".login"))
    if visit().actor is not None:
        return redirect(url_for(".choose_company"))
    form = Login()
    if form.validate_on_submit():
        address = (form.email.data or "").strip()
        return redirect(url_for("connect.sign_in", login_hint=address, returnUrl=url_for(".choose_company")))
    return page(
        "autoinvoice/login.html",
        i18n.t("autoinvoice.entry.login"),
        status=422 if form.is_submitted() else 200,
        form=form,
        secure=request.is_secure,
        **_foot(),
    )


@blueprint.route("/forgot_password", methods=["GET", "POST"])
@public
def forgot_password() -> Response:
    """Mail a link to a new password; the answer is the same for every address.

    Own choice: as in Connect, at most five such mails per hour and address.
    """
    form = OrderPassword()
    if form.validate_on_submit():
        with visit().sandbox.transaction() as db:
            recovery_mails.request_mail(db, (form.email.data or "").strip(), LinkKind.RESET)
        flash_text("autoinvoice.entry.password_sent", "info")
        return redirect(url_for(".login"))
    return page(
        "autoinvoice/forgot_password.html",
        i18n.t("autoinvoice.entry.order_password"),
        status=422 if form.is_submitted() else 200,
        form=form,
        **_foot(),
    )


def _foot() -> dict[str, Any]:
    """Return the foot of the page: the link to register, and one (address, name, code, is current) per language."""
    languages = [
        (url_for(".login", lang=short), name, code, code == i18n.language()) for short, (code, name) in LANGUAGES.items()
    ]
    register = url_for(".register") if f"{blueprint.name}.register" in current_app.view_functions else None
    return {"languages": languages, "register": register}
