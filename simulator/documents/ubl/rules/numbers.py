"""How identifiers look by their scheme: PEPPOL-COMMON-…, and as warnings what the official rules let pass.

Source: Peppol BIS Billing 3.0.21, in words of our own.
"""

from simulator.documents.ubl.identifiers import DOUBTS, SCHEMES, VAT_NUMBERS, Scheme
from simulator.documents.ubl.rules.rule import OF_VAT, Group, Rule, Test, named, text_of

NUMBERS = named("cbc:EndpointID", "cbc:CompanyID", "cac:PartyIdentification") + "/descendant-or-self::cbc:*[@schemeID]"
VAT_NUMBER = f"//cac:PartyTaxScheme{OF_VAT}/cbc:CompanyID"


def _of_scheme(code: str, scheme: Scheme) -> Test:
    return lambda node, facts: node.get("schemeID") != code or scheme.is_right(text_of(node))


def _of_country(country: str, scheme: Scheme) -> Test:
    return lambda node, facts: not text_of(node).startswith(country) or scheme.is_right(text_of(node))


def _rule(code: str, scheme: Scheme) -> Rule:
    of = "//cbc:EndpointID" if scheme.of_address else NUMBERS
    message = f"'{{}}' is not right for scheme {code}: {scheme.expected}."
    return Rule(scheme.rule, of, _of_scheme(code, scheme), message, scheme.warning)


def _vat_rule(country: str, scheme: Scheme) -> Rule:
    message = f"The VAT number '{{}}' is not right: {scheme.expected}."
    return Rule(scheme.rule, VAT_NUMBER, _of_country(country, scheme), message, scheme.warning)


GROUPS = (
    Group(
        "Identifiers",
        (
            *(_rule(code, scheme) for code, scheme in SCHEMES.items()),
            *(_rule(code, scheme) for code, scheme in DOUBTS.items()),
            *(_vat_rule(country, scheme) for country, scheme in VAT_NUMBERS.items()),
        ),
    ),
)
