"""Calls of the billing part: what the companies of a software vendor used in a month.

Source: AutoInvoice Billing API, ``billing_company_transactions``: the actions of the current quarter, by company. Own
choice: what counts is the charges that invoices are made of, so the sums are the same as there; no month is too old.
"""

from datetime import date

from sqlalchemy import func, select

from simulator.billing.models import Charge
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.model.models import ApiKey
from simulator.products.autoinvoice_api import schemas, webhooks
from simulator.products.autoinvoice_api.table import call, sandbox
from simulator.products.autoinvoice_api.tokens import Caller
from simulator.web.calls import fields


@call(
    "GET",
    "/api/billing/v2/reports/billing_company_transactions",
    "billing:reports",
    query={"year": fields.whole(least=2000, most=2099), "month": fields.whole(least=1, most=12)},
)
def billing_company_transactions(caller: Caller, year: int | None, month: int | None) -> list[schemas.Transaction]:
    """Count what the vendor's companies used in a month, by company and kind of use; this month when none is named."""
    assert caller.vendor_key_id is not None, "a token for billing was given without a vendor's key"
    with sandbox().reading() as db:
        now = db.clock.now()
        first = date(year or now.year, month or now.month, 1)
        last = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        software = db.get_one(ApiKey, caller.vendor_key_id).name
        query = (
            select(Company, Charge.unit, func.sum(Charge.quantity))
            .join(Charge, Charge.company_id == Company.id)
            .where(Company.id.in_(webhooks.served_by(db, caller.vendor_key_id)))
            .where(Charge.day >= first, Charge.day < last, Charge.unit.in_(_units()))
            .group_by(Company.id, Charge.unit)
            .order_by(Company.name, Company.id, Charge.unit)
        )
        return [
            {
                "company_id": accounts.of(db, company).uuid,
                "company_name": company.name,
                "company_bid": company.organisation_number,
                "software_name": software,
                "action_name": unit,
                "action_count": count,
            }
            for company, unit, count in db.execute(query)
        ]


def _units() -> list[str]:
    from simulator.billing import units

    return [unit.code for unit in units.catalogue().values() if unit.product == accounts.SERVICE]
