"""The vendor as the seller on its invoices: a made-up company in each country that customers are billed in.

Own choice: names, addresses and numbers; the numbers have the form and the check digits of their country and belong to nobody.
"""

from dataclasses import dataclass

from simulator.core import desks
from simulator.documents.model.parties import Named, address_of


@dataclass(frozen=True)
class Seller:
    """The vendor in one country; ``account`` is the IBAN to pay to."""

    named: Named
    account: str


def _seller(
    country: str, legal_form: str, number: str, vat_number: str, address: tuple[str, str, str], account: str
) -> Seller:
    scheme, identifier = address_of(country, number) or (None, None)
    street, postal_code, city = address
    named = Named(
        name=f"Visma Software (simulator) {legal_form}",
        country=country,
        organisation_number=number,
        vat_number=vat_number,
        scheme=scheme,
        identifier=identifier,
        email=desks.SUPPORT.address,
        street=street,
        postal_code=postal_code,
        city=city,
    )
    return Seller(named, account)


SELLERS = {
    "NL": _seller(
        "NL", "B.V.", "99999810", "NL999999800B15", ("Oefenkade 1", "1000 AA", "Voorbeeldstad"), "NL39VSIM0999999999"
    ),
    "NO": _seller("NO", "AS", "319999000", "NO319999000MVA", ("Øvelsesveien 1", "0001", "Eksempelby"), "NO7299999990009"),
    "SE": _seller(
        "SE", "AB", "9999998801", "SE999999880101", ("Övningsgatan 1", "100 00", "Exempelstad"), "SE9199999999999999999999"
    ),
    "DK": _seller("DK", "A/S", "99998806", "DK99998806", ("Øvelsesvej 1", "1000", "Eksempelby"), "DK6999999999999999"),
    "FI": _seller("FI", "Oy", "99998818", "FI99998818", ("Harjoituskatu 1", "00100", "Esimerkkilä"), "FI5799999999999999"),
}
"""The vendor in each country of ``billing.countries``."""
