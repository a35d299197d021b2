"""The other sides of documents: who a document came from or went to, as it names them."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from simulator.core.normal_forms import folded
from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.model.models import Named, Party

__all__ = ["SCHEMES", "Named", "address_of", "digest_of", "keep", "of_company", "of_party", "row_of"]

SCHEMES = {"NO": "0192", "SE": "0007", "NL": "0106", "DK": "0184", "FI": "0216"}
"""Scheme of the electronic address that a company of a country has by its organisation number.

Source: Peppol electronic address schemes. A Finnish address is ``0037`` and the digits of the number.
"""


def address_of(country: str, number: str) -> tuple[str, str] | None:
    """Return scheme and identifier of a company by its organisation number; None for a country without one."""
    scheme = SCHEMES.get(country)
    if scheme is None:
        return None
    digits = "".join(character for character in number if character.isalnum())
    return scheme, f"0037{digits}" if country == "FI" else digits


def of_company(company: Company) -> Named:
    """Return a company here as documents name it."""
    address = address_of(company.country, company.organisation_number)
    return Named(
        name=company.name,
        country=company.country,
        organisation_number=company.organisation_number,
        vat_number=company.vat_number,
        scheme=address[0] if address else None,
        identifier=address[1] if address else None,
        email=company.email,
        street=company.street,
        postal_code=company.postal_code,
        city=company.city,
    )


def of_party(party: Party) -> Named:
    """Return what a row of the table says."""
    return Named(**{name: getattr(party, name) for name in Named.__dataclass_fields__})


def digest_of(named: Named) -> str:
    """Return a hash by which two ways of naming a side differ."""
    return hashlib.sha256(json.dumps(asdict(named), sort_keys=True).encode()).hexdigest()[:32]


def row_of(named: Named) -> dict[str, Any]:
    """Return the columns of the row of a side."""
    return asdict(named) | {"digest": digest_of(named), "folded_name": folded(named.name)}


def keep(db: Db, named: Named) -> Party:
    """Return the row of a side that is named like this; it is inserted when there is none."""
    party = db.once(named, lambda: db.scalar(select(Party).where(Party.digest == digest_of(named))))
    if party is None:
        party = Party(**row_of(named))
        db.add(party)
        db.flush()
        db.forget()
    return party
