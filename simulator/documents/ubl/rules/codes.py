"""Which codes documents may use: BR-CL-…, BR-CO-09 and PEPPOL-EN16931-CL…; the lists are in ``codes.toml`` beside the rules.

Source: EN 16931 validation artefacts 1.3.16 and Peppol BIS Billing 3.0.21, in words of our own. Own choice: ``EM``, an e-mail
address, is a scheme of electronic addresses too, as it was until 2026: people have no other.
"""

from functools import cache
from pathlib import Path
from typing import Any

from simulator.documents.ubl.rules.facts import Facts
from simulator.documents.ubl.rules.rule import OF_ALLOWANCE, OF_CHARGE, OF_VAT, Group, Rule, Test, named, of_text, text_of
from simulator.documents.ubl.words import MAIL_SCHEME

OF_DOCUMENT = (
    "cbc:Amount",
    "cbc:BaseAmount",
    "cbc:PriceAmount",
    "cbc:TaxableAmount",
    "cbc:LineExtensionAmount",
    "cbc:TaxExclusiveAmount",
    "cbc:TaxInclusiveAmount",
    "cbc:AllowanceTotalAmount",
    "cbc:ChargeTotalAmount",
    "cbc:PrepaidAmount",
    "cbc:PayableRoundingAmount",
    "cbc:PayableAmount",
)
"""Amounts that are in the currency of the document."""

AMOUNTS = named(*OF_DOCUMENT, "cbc:TaxAmount")
QUANTITIES = named("cbc:InvoicedQuantity", "cbc:BaseQuantity", "cbc:CreditedQuantity")
OBJECTS = (
    named("cac:AdditionalDocumentReference", "cac:DocumentReference") + "[cbc:DocumentTypeCode = '130']/cbc:ID/@schemeID"
)


@cache
def lists() -> dict[str, dict[str, str]]:
    """Return the lists of codes as the file has them, by their names; read at first use."""
    import tomllib

    return tomllib.loads(Path(__file__).parent.with_name("codes.toml").read_text(encoding="utf-8"))


@cache
def codes(name: str) -> frozenset[str]:
    """Return the codes of a list."""
    entry = lists()[name]
    if "part_of" in entry:
        return codes(entry["part_of"]) - set(entry["without"].split())
    return frozenset(entry["codes"].split())


def in_list(name: str) -> Test:
    """Return the test whether a text is a code of a list."""
    return lambda node, facts: text_of(node) in codes(name)


def _in_currency(name: str) -> Test:
    return lambda node, facts: node.get("currencyID", "").strip() in codes(name)


def _subject_of_note(text: str) -> bool:
    """Return whether what stands between number signs at the beginning of a note, when it has three letters, is a subject."""
    between = text.partition("#")[2].partition("#")
    return not between[1] or len(between[0]) != 3 or between[0] in codes("note_subjects")


def _scheme_of_party(node: Any, facts: Facts) -> bool:
    if text_of(node) in codes("schemes"):
        return True
    parents = [str(parent.tag).rpartition("}")[2] for parent in node.getparent().iterancestors()]
    return text_of(node) == "SEPA" and any(name in parents for name in ("AccountingSupplierParty", "PayeeParty"))


def _begins_with_country(number: Any, facts: Facts) -> bool:
    """Return whether the first two characters of a VAT number stand in the list, as it is written with blanks between its codes."""
    return (number.text or "")[:2] in f" {' '.join(sorted(codes('vat_prefixes')))} "


def _code(id: str, of: str, list_name: str, what: str) -> Rule:
    return Rule(id, of, in_list(list_name), f"'{{}}' is not {what}.")


CODES = Group(
    "Codes",
    (
        _code("BR-CL-01", "//cbc:InvoiceTypeCode", "invoice_types", "a type of invoice"),
        _code("BR-CL-01", "//cbc:CreditNoteTypeCode", "credit_note_types", "a type of credit note"),
        Rule("BR-CL-03", AMOUNTS, _in_currency("currencies"), "The amount {} is not in a currency that has a code."),
        _code("BR-CL-04", "//cbc:DocumentCurrencyCode", "currencies", "the code of a currency"),
        _code("BR-CL-05", "//cbc:TaxCurrencyCode", "currencies", "the code of a currency"),
        _code("BR-CL-06", "//cac:InvoicePeriod/cbc:DescriptionCode", "tax_points", "the code of a tax point"),
        _code("BR-CL-07", OBJECTS, "object_schemes", "a scheme of invoiced objects"),
        Rule("BR-CL-08", "/*/cbc:Note", of_text(_subject_of_note), "The note '{}' begins with no subject of notes."),
        Rule(
            "BR-CL-10",
            "//cac:PartyIdentification/cbc:ID/@schemeID",
            _scheme_of_party,
            "'{}' is not a scheme of identifiers.",
        ),
        _code("BR-CL-11", "//cac:PartyLegalEntity/cbc:CompanyID/@schemeID", "schemes", "a scheme of identifiers"),
        _code(
            "BR-CL-13",
            "//cac:CommodityClassification/cbc:ItemClassificationCode/@listID",
            "item_classifications",
            "a classification of items",
        ),
        _code("BR-CL-14", "//cac:Country/cbc:IdentificationCode", "countries", "the code of a country"),
        _code("BR-CL-15", "//cac:OriginCountry/cbc:IdentificationCode", "countries", "the code of a country"),
        _code("BR-CL-16", "//cac:PaymentMeans/cbc:PaymentMeansCode", "payment_means", "a means of payment"),
        _code("BR-CL-17", "//cac:TaxCategory/cbc:ID", "tax_categories", "a category of VAT"),
        _code("BR-CL-18", "//cac:ClassifiedTaxCategory/cbc:ID", "tax_categories", "a category of VAT"),
        _code(
            "BR-CL-19",
            f"//cac:AllowanceCharge{OF_ALLOWANCE}/cbc:AllowanceChargeReasonCode",
            "allowance_reasons",
            "the reason of an allowance",
        ),
        _code(
            "BR-CL-20",
            f"//cac:AllowanceCharge{OF_CHARGE}/cbc:AllowanceChargeReasonCode",
            "charge_reasons",
            "the reason of a charge",
        ),
        _code("BR-CL-21", "//cac:StandardItemIdentification/cbc:ID/@schemeID", "schemes", "a scheme of identifiers"),
        Rule(
            "BR-CL-22",
            "//cbc:TaxExemptionReasonCode",
            lambda node, facts: text_of(node).upper() in codes("exemption_reasons"),
            "'{}' is not a reason of exemption from VAT.",
        ),
        Rule(
            "BR-CL-23",
            QUANTITIES,
            lambda node, facts: node.get("unitCode") is None or node.get("unitCode").strip() in codes("units"),
            "The quantity {} has a unit (unitCode) that is not in the list.",
        ),
        Rule(
            "BR-CL-24",
            "//cbc:EmbeddedDocumentBinaryObject/@mimeCode",
            lambda node, facts: str(node) in codes("media_types"),
            "Files of the type '{}' cannot be attached.",
        ),
        _code("BR-CL-25", "//cbc:EndpointID/@schemeID", "address_schemes", "a scheme of electronic addresses"),
        _code("BR-CL-26", "//cac:DeliveryLocation/cbc:ID/@schemeID", "schemes", "a scheme of identifiers"),
        Rule(
            "BR-CO-09",
            f"//cac:PartyTaxScheme{OF_VAT}/cbc:CompanyID",
            _begins_with_country,
            "The VAT number '{}' does not begin with the code of a country.",
        ),
    ),
)

PEPPOL_CODES = Group(
    "Codes of Peppol",
    (
        _code(
            "PEPPOL-EN16931-CL001",
            "//cbc:EmbeddedDocumentBinaryObject/@mimeCode",
            "media_types",
            "a media type that Peppol takes",
        ),
        _code(
            "PEPPOL-EN16931-CL002",
            "//cac:AllowanceCharge[cbc:ChargeIndicator = 'false']/cbc:AllowanceChargeReasonCode",
            "allowance_reasons",
            "the reason of an allowance",
        ),
        _code(
            "PEPPOL-EN16931-CL003",
            "//cac:AllowanceCharge[cbc:ChargeIndicator = 'true']/cbc:AllowanceChargeReasonCode",
            "charge_reasons",
            "the reason of a charge",
        ),
        _code("PEPPOL-EN16931-CL006", "//cac:InvoicePeriod/cbc:DescriptionCode", "tax_points", "the code of a tax point"),
        Rule(
            "PEPPOL-EN16931-CL007",
            AMOUNTS,
            _in_currency("currencies_peppol"),
            "The amount {} is not in a currency of Peppol.",
        ),
        Rule(
            "PEPPOL-EN16931-CL008",
            "//cbc:EndpointID/@schemeID",
            lambda node, facts: text_of(node) in codes("address_schemes_peppol") or text_of(node) == MAIL_SCHEME,
            "'{}' is not a scheme of electronic addresses that Peppol takes.",
        ),
    ),
)

GROUPS = (CODES, PEPPOL_CODES)
