"""What the customer centre does from the case of a transfer: carries it out, or refuses it with the reason.

Source and own choice: see ``transfers``.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from simulator.billing import transfers
from simulator.billing.models import Transfer
from simulator.core import formats
from simulator.core.desks import CUSTOMER_CENTRE
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory.cases import commands
from simulator.directory.cases.actions import ActionField, CaseAction, FieldKind
from simulator.directory.cases.models import CaseState, SupportCase
from simulator.directory.models import Person


def of_case(db: Db, case: SupportCase) -> Transfer:
    """Return the transfer that a case is about.

    Raises:
        RuleViolation: ``transfer.no_transfer``.
    """
    if case.state == CaseState.CLOSED:
        raise commands.CaseOver("case.closed_for_staff", number=case.number)
    transfer = db.scalar(select(Transfer).where(Transfer.case_number == case.number))
    if transfer is None:
        raise RuleViolation("transfer.no_transfer")
    return transfer


def _carry_out(db: Db, staff: Person, case: SupportCase, values: Mapping[str, str]) -> Mapping[str, Any]:
    transfer = of_case(db, case)
    contract = transfers.carry_out(db, staff, transfer)
    commands.add_change(db, case, "transfer_carried_out", staff.email, staff.name, number=contract.number)
    answer = text(
        case.language,
        "transfer.carried_out",
        number=transfer.contract.number,
        receiver=contract.customer.name,
        after=contract.number,
        day=formats.short_date(case.language, transfer.first_day),
    )
    commands.answer(db, case, staff, answer, version=None, solve=True)
    return {"number": contract.number}


def _refuse(db: Db, staff: Person, case: SupportCase, values: Mapping[str, str]) -> Mapping[str, Any]:
    transfer = of_case(db, case)
    transfers.refuse(db, staff, transfer, values["reason"])
    commands.add_change(db, case, "transfer_refused", staff.email, staff.name)
    answer = text(case.language, "transfer.refused", number=transfer.contract.number, reason=values["reason"].strip())
    commands.answer(db, case, staff, answer, version=None, solve=True)
    return {"email": case.requester}


def _nothing(db: Db, case: SupportCase) -> Mapping[str, str]:
    return {}


_DESKS = (CUSTOMER_CENTRE.code,)

ACTIONS = (
    CaseAction(code="transfer", desks=_DESKS, fields=(), initial=_nothing, run=_carry_out),
    CaseAction(
        code="refuse_transfer",
        desks=_DESKS,
        fields=(ActionField("reason", "transfer.reason", FieldKind.AREA),),
        initial=_nothing,
        run=_refuse,
    ),
)
