"""Routes of AccountView: the wizard *Visma-diensten activeren*."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.core.texts import best_language
from simulator.products.accountview import forms, wizard
from simulator.products.accountview.models import STEPS, Step, WizardRun
from simulator.products.accountview.views.blueprint import blueprint, opened, window_of
from simulator.products.accountview.wizard import Administrator
from simulator.sales import installations
from simulator.sales.models import InstalledProgram
from simulator.web import desktop, i18n
from simulator.web.access import signed_in
from simulator.web.desktop import CANCEL, CREATE, NEXT, PREVIOUS, Button, Wizard
from simulator.web.forms import Form
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit


@blueprint.get("/<int:client>/activate")
@signed_in
def activate(client: int) -> Response:
    """Show the step at which the visitor is.

    ``?from_wizard=1`` is added by the wizard itself; without it, somebody takes up a run that was left on the way, and is told so.
    """
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        run = wizard.stored_run(db, installed, actor())
        if run is not None and run.step != Step.WELCOME and "from_wizard" not in request.args:
            flash_text("accountview.wizard.taken_up", "info", step=i18n.t(Step(run.step).text))
        step = Step(run.step) if run is not None else Step.WELCOME
        form = forms.FORMS[step](formdata=None)
        if run is not None:
            forms.show(form, run)
        return _page(db, installed, step, form)


@blueprint.post("/<int:client>/activate")
@signed_in
def run_wizard(client: int) -> Response:
    """Do what a button of the wizard says.

    Own choice: what was typed on a step is stored with every button, so that it is there again when the step is; a form of a step
    that the run has left, because it was moved in another window, changes nothing else and leads to where the run is.
    """
    step, action = _step_of_form(), request.form.get("action", "")
    form = forms.FORMS[step]()
    is_valid = form.validate()
    try:
        with visit().sandbox.transaction() as db:
            installed = opened(db, client)
            before = wizard.stored_run(db, installed, actor())
            run = before or wizard.run_of(db, installed, actor())
            if action == CANCEL.action:
                _leave(db, installed, run)
                return redirect(url_for(".overview", client=client))
            if before is not None or step is Step.WELCOME:
                forms.store(form, run)
            if step != run.step:
                return _moved(db, run, before is None)
            if action == PREVIOUS.action:
                wizard.go_back(run)
                return _to_the_wizard(client)
            if not _has_fields(installed, step):
                is_valid = True
            if is_valid and action == NEXT.action and step is not Step.ADMINISTRATOR:
                wizard.go_on(db, installed, run, actor())
                return _to_the_wizard(client)
            if is_valid and action == CREATE.action and step is Step.ADMINISTRATOR:
                language = best_language(visit().language)
                _tell(wizard.make_administrator(db, installed, run, actor(), language))
                return _to_the_wizard(client)
    except RuleViolation as refusal:
        form.refuse(refusal)
    with visit().sandbox.reading() as db:
        return _page(db, opened(db, client), step, form, status=422)


def _to_the_wizard(client: int) -> Response:
    return redirect(url_for(".activate", client=client, from_wizard=1))


def _step_of_form() -> Step:
    typed = request.form.get("step", "")
    return Step(typed) if typed in STEPS else Step.WELCOME


def _has_fields(installed: InstalledProgram, step: Step) -> bool:
    """Return whether a step has anything to fill in: licence data that are right are shown in grey."""
    return step is Step.ADMINISTRATOR or (step is Step.LICENCE and not installed.licensed)


def _leave(db: Db, installed: InstalledProgram, run: WizardRun) -> None:
    if run.administrator is None:
        flash_text("accountview.wizard.left", "info")
    else:
        flash_text("accountview.wizard.left_with_administrator", email=run.administrator)
    wizard.leave(db, run)


def _moved(db: Db, run: WizardRun, is_gone: bool) -> Response:
    """Lead to the step where the run is; one that was left in another window is not begun anew by a form of it."""
    if is_gone:
        wizard.leave(db, run)
        flash_text("accountview.wizard.gone", "warning")
    else:
        flash_text("accountview.wizard.moved", "warning", step=i18n.t(Step(run.step).text))
    return _to_the_wizard(run.client_id)


def _tell(administrator: Administrator) -> None:
    facts = {"email": administrator.email, "customer": administrator.customer}
    if administrator.mail_came_back:
        flash_text("accountview.wizard.mail_came_back", "warning", **facts)
    else:
        flash_text(f"accountview.wizard.made_{administrator.account}", **facts)


def _page(db: Db, installed: InstalledProgram, step: Step, form: Form, status: int = 200) -> Response:
    problem = wizard.acs_problem(db, installed) if step is Step.COMMUNICATION else None
    customer = installed.client.customer
    return desktop.wizard_step(
        i18n.t(step.text),
        window_of(installed),
        Wizard(
            "accountview.wizard",
            [each.text for each in STEPS],
            STEPS.index(step),
            _buttons(step, is_blocked=problem is not None),
            follows=step is Step.COMMUNICATION,
        ),
        form,
        template="accountview/activate.html",
        status=status,
        step=step,
        installed=installed,
        has_option=wizard.has_option(installed),
        customer=customer,
        server=installations.of(db, customer.id).acs_server,
        acs_problem=i18n.refusal_text(problem) if problem is not None else None,
    )


def _buttons(step: Step, *, is_blocked: bool) -> list[Button]:
    """Return the buttons of a step. Source: seed page: *Volgende*, *Aanmaken*, *Annuleren*; reference: *Vorige*."""
    forward = (
        CREATE if step is Step.ADMINISTRATOR else Button(NEXT.action, NEXT.text, is_default=True, is_disabled=is_blocked)
    )
    return [forward, CANCEL] if step is Step.WELCOME else [PREVIOUS, forward, CANCEL]
