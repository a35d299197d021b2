"""Routes of the account: the person, the password, and two-step verification."""

from flask import flash, redirect, request, session, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.core.texts import NAMES, text
from simulator.directory.email_domains import policies
from simulator.directory.identity_providers import IdentityProvider, provider_of
from simulator.directory.lockout import Outcome
from simulator.directory.models import Person, SignInSession
from simulator.directory.step_up import Answer
from simulator.products.details import forms, queries, services
from simulator.products.details.views.blueprint import ALWAYS_MAILED, blueprint, form_page, run, session_id
from simulator.web import i18n
from simulator.web.access import signed_in
from simulator.web.pages import flash_text, page
from simulator.web.step_up import OwnPassword, PasswordAndCode
from simulator.web.submissions import works_once
from simulator.web.visit import actor, visit


@blueprint.get("/")
@signed_in
def overview() -> Response:
    """Show the account: the person, and the methods of signing in.

    Source: Connect help, account settings: the card, *Password & 2FA* with its buttons; Nmbrs help, first sign-in: who signed in
    with the provider of the organisation reads so there. Own choice: the buttons stay, because the domain may allow both.
    """
    with visit().sandbox.reading() as db:
        account = queries.account(db, actor())
        methods = db.get_one(SignInSession, visit().session_id).methods
    return page(
        "details/overview.html",
        i18n.t("details.name"),
        account=account,
        is_external=provider_of(methods) is IdentityProvider.EXTERNAL,
        mails=forms.Mails(of_changes=account.person.mails_of_changes),
        always_mailed=ALWAYS_MAILED,
        language_name=NAMES.get(account.person.language, account.person.language),
    )


@blueprint.route("/edit", methods=["GET", "POST"])
@signed_in
def edit() -> Response:
    """Change name, telephone and language; the next page is in the new language."""
    with visit().sandbox.reading() as db:
        form = forms.Edit(obj=queries.own(db, actor()))
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                person = queries.own(db, actor())
                changed = services.change(
                    db,
                    person,
                    first_name=form.first_name.data,
                    last_name=form.last_name.data,
                    phone=(form.phone.data or "").strip() or None,
                    language=form.language.data,
                )
                language = person.language if person.language != actor().language else i18n.language()
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            if language != i18n.language():
                session.pop("language", None)
            flash(text(language, "details.saved" if changed else "details.unchanged"), "success")
            return redirect(url_for(".overview"))
    return form_page("details/edit.html", "details.edit", form)


@blueprint.post("/mails")
@signed_in
def mails() -> Response:
    """Turn mails about changed account details on or off.

    Source: "Brukertips i Visma.net Expense", sign-in: a tick box in My details.
    """
    with visit().sandbox.transaction() as db:
        changed = services.choose_mails(db, queries.own(db, actor()), of_changes=forms.Mails().of_changes.data)
    flash_text("details.saved" if changed else "details.unchanged")
    return redirect(url_for(".overview"))


@blueprint.route("/password", methods=["GET", "POST"])
@signed_in
@works_once
def change_password() -> Response:
    """Change the password."""
    form = forms.ChangePassword()
    if form.validate_on_submit():
        if form.password.data != form.repeated.data:
            form.repeated.errors = [i18n.t("details.password.differs")]
        elif run(
            form,
            lambda db, person: services.change_password(db, person, session_id(), form.proof(db), form.password.data),
        ):
            flash_text("details.password.changed")
            return redirect(url_for(".overview"))
    with visit().sandbox.reading() as db:
        rules = policies.password_rules_of(db, actor().email)
    return form_page("details/password.html", "details.password", form, rules=rules)


@blueprint.route("/two-step/enable", methods=["GET", "POST"])
@signed_in
def enable_two_step() -> Response:
    """Ask for the password, then go on with Connect's pages that set two-step verification up."""
    form = OwnPassword()
    if form.validate_on_submit():
        back_to = url_for(".overview")
        if run(
            form,
            lambda db, person: services.begin_enrolment(db, person, session_id(), form.proof(db), back_to),
        ):
            return redirect(url_for("connect.choose_app"))
    return form_page("details/enable_two_step.html", "details.enable_two_step", form)


@blueprint.route("/two-step/disable", methods=["GET", "POST"])
@signed_in
@works_once
def disable_two_step() -> Response:
    """Turn two-step verification off; ``?lost=1`` takes the emergency code instead of the authenticator's.

    Source: Connect help in Swedish, managing methods: password, six digits, a link for a lost phone.
    """
    form = PasswordAndCode()
    with visit().sandbox.reading() as db:
        lost_phone = "lost" in request.args or queries.own(db, actor()).totp_secret is None
    if lost_phone:
        form.code.label.text = "step_up.emergency_code"
    if form.validate_on_submit() and run(
        form,
        lambda db, person: services.turn_off(db, person, form.proof(db), form.code.data, lost_phone=lost_phone),
    ):
        flash_text("details.two_step.turned_off")
        return redirect(url_for(".overview"))
    return form_page("details/disable_two_step.html", "details.disable_two_step", form, lost_phone=lost_phone)


@blueprint.route("/emergency-code", methods=["GET", "POST"])
@signed_in
def emergency_code() -> Response:
    """Issue a new emergency code after password and second factor; it is shown once.

    Source: Connect help, two-step verification: one code, shown once. Own choice: the user can renew it here.
    """
    form = PasswordAndCode()
    codes: list[str] = []
    with visit().sandbox.reading() as db:
        if queries.own(db, actor()).totp_secret is None:
            form.code.label.text = "step_up.emergency_code"

    def renew(db: Db, person: Person) -> Answer:
        answer, code = services.new_emergency_code(db, person, form.proof(db), form.code.data)
        codes.extend([code] if code is not None else [])
        return answer

    if form.validate_on_submit() and run(form, renew):
        return page("details/new_code.html", i18n.t("details.emergency_code"), code=codes[0])
    return form_page("details/emergency_code.html", "details.emergency_code", form)


@blueprint.route("/sms", methods=["GET", "POST"])
@signed_in
def sms() -> Response:
    """Ask for the number for codes by SMS, and send a code to it."""
    form = forms.Number()
    if form.validate_on_submit() and run(
        form,
        lambda db, person: services.send_code(db, person, session_id(), form.proof(db), form.number.data),
    ):
        return redirect(url_for(".sms_code"))
    return form_page("details/sms.html", "details.sms", form)


@blueprint.route("/sms/code", methods=["GET", "POST"])
@signed_in
@works_once
def sms_code() -> Response:
    """Ask for the code that was sent, which verifies the number."""
    form = forms.NumberCode()
    with visit().sandbox.reading() as db:
        number = services.unverified_number(db, session_id())
    if number is None:
        return redirect(url_for(".sms"))
    if form.validate_on_submit():
        with visit().sandbox.transaction() as db:
            outcome = services.verify_number(db, queries.own(db, actor()), session_id(), form.code.data)
        if outcome is Outcome.RIGHT:
            flash_text("details.sms.verified")
            return redirect(url_for(".overview"))
        if outcome is Outcome.LOCKED:
            form.form_errors.append(i18n.t(f"step_up.{Answer.LOCKED}"))
        else:
            form.code.errors = [i18n.t(f"step_up.{Answer.CODE}")]
    return form_page("details/sms_code.html", "details.sms", form, number=number)


@blueprint.route("/sms/remove", methods=["GET", "POST"])
@signed_in
def remove_sms() -> Response:
    """Remove the number for codes by SMS."""
    form = OwnPassword()
    if form.validate_on_submit() and run(form, lambda db, person: services.remove_number(db, person, form.proof(db))):
        flash_text("details.sms.removed")
        return redirect(url_for(".overview"))
    return form_page("details/remove_sms.html", "details.sms.remove", form)
