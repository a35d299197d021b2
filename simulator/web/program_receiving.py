"""The page of a program on which receiving through AutoInvoice is activated.

Source: "Brukertips i Kundeservice", Hvordan melde deg inn i ELMA registeret: without Visma Document Center a program cannot.
"""

from collections.abc import Callable

from flask import redirect, request
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.documents.model.models import State
from simulator.documents.registers import participants
from simulator.sales import receiving
from simulator.sales.models import InstalledProgram
from simulator.web import desktop, i18n
from simulator.web.desktop import Window
from simulator.web.forms import Plain
from simulator.web.pages import flash_text
from simulator.web.visit import actor, visit


def receiving_page(
    client: int, opened: Callable[[Db, int], InstalledProgram], window_of: Callable[[InstalledProgram], Window]
) -> Response:
    """Show whether a client receives electronically, and activate it when the form is sent.

    Args:
        client: the client of the address.
        opened: returns it as the program has it.
        window_of: returns its window.
    """
    form, status = Plain(), 200
    if form.is_submitted():
        try:
            with visit().sandbox.transaction() as db:
                answer = receiving.activate(db, actor(), opened(db, client))
            refusal = answer.refusal
        except RuleViolation as violation:
            refusal = violation
        if refusal is None:
            flash_text("desktop.receiving.activated" if answer.changed else "desktop.receiving.active_already")
            return redirect(request.path)
        form.refuse(refusal)
        status = refusal.status
    with visit().sandbox.reading() as db:
        installed = opened(db, client)
        company = installed.client.company
        registration = participants.registration_state(db, company) if company is not None else None
        refusal = receiving.refusal(db, installed)
    return desktop.window(
        "desktop/receiving.html",
        i18n.t("desktop.receiving"),
        window_of(installed),
        status=status,
        form=form,
        has_module=receiving.has_module(installed),
        refusal=i18n.refusal_text(refusal) if refusal is not None else None,
        is_pending=registration is not None and registration.ours and registration.state == State.PENDING_ADD,
        is_registered=registration is not None and registration.stays_registered,
    )
