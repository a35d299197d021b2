"""How identifiers look by their scheme: PEPPOL-COMMON-…, and as warnings what the official rules let pass.

Source: Peppol BIS Billing 3.0.21, in words of our own.
"""

from simulator.documents.ubl.identifiers import DOUBTS, SCHEMES, VAT_NUMBERS, Scheme
from simulator.documents.ubl.rules.rule import OF_VAT, Group, Rule, of_text

OF_PARTY = "self::cbc:EndpointID or self::cbc:CompanyID or self::cbc:ID[parent::cac:PartyIdentification]"


def _rule(code: str, scheme: Scheme) -> Rule:
    of = f"//cbc:EndpointID[@schemeID = '{code}']" if scheme.of_address else f"//cbc:*[@schemeID = '{code}'][{OF_PARTY}]"
    message = f"'{{}}' is not right for scheme {code}: {scheme.expected}."
    return Rule(scheme.rule, of, of_text(scheme.is_right), message, scheme.warning)


def _vat_rule(country: str, scheme: Scheme) -> Rule:
    of = f"//cac:PartyTaxScheme{OF_VAT}/cbc:CompanyID[starts-with(normalize-space(), '{country}')]"
    message = f"The VAT number '{{}}' is not right: {scheme.expected}."
    return Rule(scheme.rule, of, of_text(scheme.is_right), message, scheme.warning)


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
