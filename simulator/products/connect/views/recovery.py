"""Routes of a forgotten password, and of all pages that mailed links open."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.directory import links, new_email, recovery_mails
from simulator.directory.email_domains import policies
from simulator.directory.models import LinkKind
from simulator.products.connect import forms
from simulator.products.connect.services import first_factor, recovery
from simulator.products.connect.services.steps import Step
from simulator.products.connect.views import flow
from simulator.products.connect.views.flow import blueprint
from simulator.web import i18n
from simulator.web.access import public
from simulator.web.forms import Plain
from simulator.web.pages import page
from simulator.web.submissions import completed, works_once
from simulator.web.visit import visit


@blueprint.route("/recover", methods=["GET", "POST"])
@public
def recover() -> Response:
    """Offer a mail with a link, to a new password or to sign in once."""
    form = forms.Recover()
    with flow.request_db() as db:
        current = flow.find(db)
        if current is None:
            return flow.begin_again()
        elsewhere = flow.lead_elsewhere(db, current)
        if elsewhere is not None:
            return elsewhere
        if form.validate_on_submit():
            if form.Human.data:
                kind = LinkKind.SIGN_IN if request.form.get("choice") == "link" else LinkKind.RESET
                recovery_mails.request_mail(db, current.email, kind)
                return redirect(url_for(".recover_sent"))
            form.Human.errors = [i18n.t("connect.recover.not_human")]
        return page("connect/recover.html", i18n.t("connect.recover.title"), form=form, email=current.email)


@blueprint.get("/recover/sent")
@public
def recover_sent() -> Response:
    """Say that a mail was sent, in the same words for every address."""
    with visit().sandbox.reading() as db:
        current = flow.find(db)
        if current is None:
            return flow.begin_again()
        return page("connect/recover_sent.html", i18n.t("connect.recover.sent_title"), email=current.email)


@blueprint.route("/welcome/<token>", methods=["GET", "POST"])
@public
@works_once
def welcome(token: str) -> Response:
    """Confirm an account by the link of a welcome mail, which works once.

    Source: "WebFaktura og Visma.net", moving users: the user is activated by clicking *Klikk her*. Own choice: the link opens
    a page with a button of that name, so that a mail scanner, which opens links, activates nobody.
    """
    form = Plain()
    with flow.request_db() as db:
        mailed_link = links.find(db, token, LinkKind.WELCOME)
        if mailed_link is None:
            return _invalid_link()
        if not form.validate_on_submit():
            title, email = i18n.t("connect.password.activate_title"), mailed_link.person.email
            return page("connect/welcome.html", title, form=form, email=email)
        recovery.confirm_account(db, mailed_link)
    return redirect(url_for(".welcomed"))


@blueprint.get("/welcomed")
@public
def welcomed() -> Response:
    """Say that the account is activated and that a second mail has a link to choose the password."""
    return page("connect/welcomed.html", i18n.t("connect.password.activated"))


@blueprint.route("/activate/<token>", methods=["GET", "POST"])
@public
@works_once
def activate(token: str) -> Response:
    """Let an invited person choose the first password."""
    return _choose_password(token, LinkKind.ACTIVATION)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@public
@works_once
def reset(token: str) -> Response:
    """Let a person choose a new password."""
    return _choose_password(token, LinkKind.RESET)


@blueprint.route("/link/<token>", methods=["GET", "POST"])
@public
@works_once
def link(token: str) -> Response:
    """Sign in once by a mailed link; only a button uses the link, so that a mail scanner does not."""
    form = Plain()
    with flow.request_db() as db:
        mailed_link = links.find(db, token, LinkKind.SIGN_IN)
        if mailed_link is None:
            return _invalid_link()
        if not form.validate_on_submit():
            return page("connect/link.html", i18n.t("connect.link.title"), form=form, email=mailed_link.person.email)
        current = first_factor.sign_in_by_link(db, mailed_link)
        if current is None:
            form.form_errors.append(i18n.t("connect.sign_in.locked"))
            return page("connect/link.html", i18n.t("connect.link.title"), form=form, email=mailed_link.person.email)
        flow.end_session(db)
        flow.go_on_with(current)
        return flow.go_on(db, current)


@blueprint.route("/email/<token>", methods=["GET", "POST"])
@public
@works_once
def confirm_email(token: str) -> Response:
    """Confirm a new e-mail address; only a button uses the link, so that a mail scanner does not."""
    form = Plain()
    title = i18n.t("connect.email.title")
    try:
        with flow.request_db() as db:
            mailed_link = links.find(db, token, LinkKind.EMAIL)
            if mailed_link is None:
                return _invalid_link()
            email = mailed_link.new_email
            if form.validate_on_submit():
                new_email.confirm(db, mailed_link)
                return completed(page("connect/email_changed.html", i18n.t("connect.email.changed_title"), email=email))
    except RuleViolation as refusal:
        form.refuse(refusal)
    return page("connect/confirm_email.html", title, form=form, email=email)


@blueprint.get("/new-link")
@public
def new_link() -> Response:
    """Begin again after an invalid link: the address, then the recovery page."""
    return redirect(url_for(".sign_in", other=1))


def _choose_password(token: str, kind: LinkKind) -> Response:
    form = forms.NewPassword()
    first = kind is LinkKind.ACTIVATION
    try:
        with flow.request_db() as db:
            mailed_link = links.find(db, token, kind)
            if mailed_link is None:
                return _invalid_link()
            email = mailed_link.person.email
            rules = policies.password_rules_of(db, email)
            if form.validate_on_submit():
                if form.password.data == form.repeated.data:
                    recovery.set_new_password(db, mailed_link, form.password.data)
                    flow.end_session(db)
                    title = i18n.t("connect.password.activated" if first else "connect.password.changed")
                    return completed(page("connect/password_set.html", title, email=email, first=first))
                form.repeated.errors = [i18n.t("connect.password.differs")]
    except RuleViolation as refusal:
        form.refuse(refusal)
    title = i18n.t("connect.password.activate_title" if first else "connect.password.reset_title")
    passkey_address = url_for(".activate_by_passkey", token=token) if first else None
    return page("connect/new_password.html", title, form=form, email=email, rules=rules, passkey_address=passkey_address)


@blueprint.route("/login/new-password", methods=["GET", "POST"])
@public
@works_once
def new_password() -> Response:
    """Ask for another password within a sign-in, because the present one no longer meets the rules or was breached."""
    form = forms.NewPassword()
    try:
        with flow.request_db() as db:
            current = flow.require_step(db, Step.NEW_PASSWORD)
            if isinstance(current, Response):
                return current
            email, rules = current.email, policies.password_rules_of(db, current.email)
            if form.validate_on_submit():
                if form.password.data == form.repeated.data:
                    recovery.change_password(db, current, form.password.data)
                    return flow.go_on(db, current)
                form.repeated.errors = [i18n.t("connect.password.differs")]
    except RuleViolation as refusal:
        form.refuse(refusal)
    title, explained = i18n.t("connect.password.renew_title"), i18n.t("connect.password.renew_explain")
    return page("connect/new_password.html", title, form=form, email=email, rules=rules, explained=explained)


def _invalid_link() -> Response:
    return page("connect/invalid_link.html", i18n.t("connect.link.invalid"), status=200)
