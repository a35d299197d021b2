"""Rules for sellers of Denmark, Germany and Italy: DK-R-…, DE-R-… and IT-R-….

Source: Peppol BIS Billing 3.0.21, in words of our own.
"""

import re
from typing import TYPE_CHECKING, Any

from simulator.documents.ubl.rules.facts import Facts
from simulator.documents.ubl.rules.rule import (
    BUYER,
    DOCUMENT,
    LEGAL,
    LINES,
    PAYMENT,
    SELLER,
    SUBTOTALS,
    Group,
    Rule,
    Test,
    of_text,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

DANISH_MEANS = frozenset(("1", "10", "31", "42", "48", "49", "50", "58", "59", "93", "97"))
GIRO_CARDS, FIK_CARDS = ("01#", "04#", "15#"), ("71#", "73#", "75#")


def _child(element: "_Element", path: str) -> str:
    return element.findtext("/".join(f"{{*}}{step}" for step in path.split("/")), "") or ""


def _means(codes: str, right: Any) -> Test:
    """Return the test of payment means with one of some codes: what must be true of their reference and their account."""

    def test(payment: "_Element", facts: Facts) -> bool:
        if _child(payment, "PaymentMeansCode") not in codes.split():
            return True
        return bool(right(_child(payment, "PaymentID"), _child(payment, "PayeeFinancialAccount/ID")))

    return test


def _danish_tax(charge: "_Element", facts: Facts) -> bool:
    reason = _child(charge, "AllowanceChargeReason")
    if _child(charge, "AllowanceChargeReasonCode") != "ZZZ":
        return True
    return re.fullmatch(r"[0-9]{4}", reason.strip()) is not None or (
        "#" in reason[1:-1] and not (reason.startswith("#") or reason.endswith("#"))
    )


def _danish_classification(line: "_Element", facts: Facts) -> bool:
    classes = line.findall("{*}Item/{*}CommodityClassification/{*}ItemClassificationCode")
    versions = ("19.05.01", "19.0501", "26.08.01", "26.0801")
    return not any(entry.get("listID") == "TST" for entry in classes) or any(
        entry.get("listVersionID") in versions for entry in classes
    )


OF_ACCOUNT = "normalize-space(cac:PayeeFinancialAccount/cbc:ID)"
DENMARK = Group(
    "Danish sellers",
    (
        Rule("DK-R-002", DOCUMENT, f"normalize-space({SELLER}/{LEGAL})", "A Danish seller states its CVR number."),
        Rule(
            "DK-R-014",
            f"{SELLER}/{LEGAL}",
            "normalize-space(@schemeID) = '0184'",
            "A Danish seller's number {} is under the scheme 0184.",
        ),
    ),
    lambda facts: facts.seller_address_country == "DK",
)
INSIDE_DENMARK = Group(
    "Danish sellers with a Danish buyer",
    (
        Rule(
            "DK-R-003",
            LINES,
            _danish_classification,
            "A UNSPSC classification is of version 19.05.01 or 26.08.01.",
        ),
        Rule(
            "DK-R-004",
            "//cac:AllowanceCharge",
            _danish_tax,
            "A charge of another tax (ZZZ) has four digits as its reason, or a number sign inside it.",
        ),
        Rule(
            "DK-R-005",
            f"{PAYMENT}[local-name(/*) = 'Invoice']",
            lambda node, facts: (
                _child(node, "PaymentMeansCode") in ["1", "10", "31", "42", "48", "49", "50", "58", "59", "93", "97"]
            ),
            "The means of payment is none that is used inside Denmark.",
        ),
        Rule(
            "DK-R-006",
            f"{PAYMENT}[local-name(/*) = 'Invoice'][cbc:PaymentMeansCode = '31' or cbc:PaymentMeansCode = '42']",
            f"{OF_ACCOUNT} and normalize-space(cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID)",
            "A transfer inside Denmark has an account and a registration number.",
        ),
        Rule(
            "DK-R-007",
            f"{PAYMENT}[local-name(/*) = 'Invoice'][cbc:PaymentMeansCode = '49']",
            "normalize-space(cac:PaymentMandate/cbc:ID) and normalize-space(cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID)",
            "A direct debit inside Denmark has a mandate and the payer's account.",
        ),
        Rule(
            "DK-R-008",
            f"{PAYMENT}[local-name(/*) = 'Invoice']",
            _means("50", lambda id, account: id[:3] in GIRO_CARDS and re.fullmatch(r"[0-9]{7,8}", account)),
            "A giro payment (50) begins with 01#, 04# or 15# and has an account of seven or eight digits.",
        ),
        Rule(
            "DK-R-009",
            f"{PAYMENT}[local-name(/*) = 'Invoice']",
            _means("50", lambda id, account: id[:3] not in ("04#", "15#") or len(id) == 19),
            "A giro payment of the kinds 04# and 15# has 16 digits.",
        ),
        Rule(
            "DK-R-010",
            f"{PAYMENT}[local-name(/*) = 'Invoice']",
            _means("93", lambda id, account: id[:3] in FIK_CARDS and len(account) == 8),
            "A FIK payment (93) begins with 71#, 73# or 75# and has an account of eight digits.",
        ),
        Rule(
            "DK-R-011",
            f"{PAYMENT}[local-name(/*) = 'Invoice']",
            _means("93", lambda id, account: id[:3] not in ("71#", "75#") or len(id) in (18, 19)),
            "A FIK payment of the kinds 71# and 75# has 15 or 16 digits.",
        ),
        Rule(
            "DK-R-013",
            "/*/*[self::cac:AccountingSupplierParty or self::cac:AccountingCustomerParty]/cac:Party/cac:PartyIdentification",
            "not(cbc:ID) or normalize-space(cbc:ID/@schemeID)",
            "An identifier of a side has no scheme.",
        ),
        Rule(
            "DK-R-016",
            "/*[local-name() = 'CreditNote']/cac:LegalMonetaryTotal",
            lambda node, facts: (facts.number(node, "cbc:PayableAmount") or 0) >= 0,
            "A credit note inside Denmark is not negative.",
        ),
        Rule(
            "DK-R-017",
            f"{BUYER}/{LEGAL}",
            "normalize-space(@schemeID) = '0184'",
            "A Danish buyer's number {} is under the scheme 0184.",
        ),
    ),
    lambda facts: facts.seller_address_country == facts.buyer_address_country == "DK",
)

ITALY = Group(
    "Italian sellers",
    (
        Rule(
            "IT-R-001",
            f"{SELLER}/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID][normalize-space(cac:TaxScheme/cbc:ID) != 'VAT']",
            lambda node, facts: re.fullmatch(r"[A-Z0-9]{11,16}", _child(node, "CompanyID").strip()) is not None,
            "An Italian seller's tax registration has 11 to 16 letters and digits.",
        ),
        Rule("IT-R-002", SELLER, "cac:PostalAddress/cbc:StreetName", "An Italian seller's address has a street."),
        Rule("IT-R-003", SELLER, "cac:PostalAddress/cbc:CityName", "An Italian seller's address has a city."),
        Rule("IT-R-004", SELLER, "cac:PostalAddress/cbc:PostalZone", "An Italian seller's address has a postal code."),
    ),
    lambda facts: facts.seller_country == "IT",
)


def _iban(text: str) -> bool:
    account = re.sub(r"\s", "", text)
    if re.fullmatch(r"[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{0,30}", account) is None:
        return False
    turned = account[4:] + account[:4]
    return int("".join(str(ord(letter) - (55 if ord(letter) > 64 else 48)) for letter in turned)) % 97 == 1


_DISCOUNT = re.compile(r"#SKONTO#TAGE=[0-9]+#PROZENT=[0-9]+\.[0-9]{2}(#BASISBETRAG=-?[0-9]+\.[0-9]{2})?#")


def _discounts(document: "_Element", facts: Facts) -> bool:
    terms = facts.find("/*/cac:PaymentTerms/cbc:Note")
    text = (terms[0].text or "") if terms else ""
    lines = [line for line in re.split(r"\r?\n", text) if " ".join(line.split()).startswith("#")]
    ends = re.match(r"\s*\n", re.split(r"#.+#", text)[-1]) is not None
    return all(_DISCOUNT.fullmatch(" ".join(line.split())) and ends for line in lines)


def _files_differ(document: "_Element", facts: Facts) -> bool:
    attachments = facts.find("/*/cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject")
    names = [attachment.get("filename") for attachment in attachments]
    return len(set(names)) == len(names)


TAXED = " or ".join(f"normalize-space(.) = '{code}'" for code in ("S", "Z", "E", "AE", "K", "G", "L", "M"))
HAS_TAX_NUMBER = (
    "cac:TaxRepresentativeParty or cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID[normalize-space()]"
)
TAXED_ANYWHERE = (
    f"cac:AllowanceCharge/cac:TaxCategory/cbc:ID[{TAXED}] or */cac:Item/cac:ClassifiedTaxCategory/cbc:ID[{TAXED}]"
)
MANDATE = "cac:PaymentMeans/cac:PaymentMandate"


def _with_text(id: str, of: str, name: str, what: str) -> Rule:
    return Rule(id, of, f"cbc:{name}[normalize-space()]", f"Between Germans {what}.")


def _paid_by(*codes: str) -> str:
    conditions = (f"normalize-space(cbc:PaymentMeansCode) = '{code}'" for code in codes)
    return f"{PAYMENT}[{' or '.join(conditions)}]"


CONTACT = f"{SELLER}/cac:Contact"
ADDRESS_OF_DELIVERY = "/*/cac:Delivery/cac:DeliveryLocation/cac:Address"
GERMAN_TYPES = ("326", "380", "384", "389", "381", "875", "876", "877")
TYPE = "/*/*[self::cbc:InvoiceTypeCode or self::cbc:CreditNoteTypeCode]"

GERMANY = Group(
    "German sellers with a German buyer",
    (
        Rule("DE-R-001", DOCUMENT, "cac:PaymentMeans", "Between Germans a document says how it is to be paid."),
        Rule(
            "DE-R-002",
            "/*/cac:AccountingSupplierParty",
            "cac:Party/cac:Contact",
            "Between Germans the seller has a contact.",
        ),
        _with_text("DE-R-003", f"{SELLER}/cac:PostalAddress", "CityName", "the seller's address has a city"),
        _with_text("DE-R-004", f"{SELLER}/cac:PostalAddress", "PostalZone", "the seller's address has a postal code"),
        _with_text("DE-R-005", CONTACT, "Name", "the seller's contact has a name"),
        _with_text("DE-R-006", CONTACT, "Telephone", "the seller's contact has a telephone number"),
        _with_text("DE-R-007", CONTACT, "ElectronicMail", "the seller's contact has an e-mail address"),
        _with_text("DE-R-008", f"{BUYER}/cac:PostalAddress", "CityName", "the buyer's address has a city"),
        _with_text("DE-R-009", f"{BUYER}/cac:PostalAddress", "PostalZone", "the buyer's address has a postal code"),
        _with_text("DE-R-010", ADDRESS_OF_DELIVERY, "CityName", "the address of delivery has a city"),
        _with_text("DE-R-011", ADDRESS_OF_DELIVERY, "PostalZone", "the address of delivery has a postal code"),
        Rule(
            "DE-R-014",
            SUBTOTALS,
            "cac:TaxCategory/cbc:Percent[normalize-space()]",
            "Between Germans every tax category has a rate.",
        ),
        _with_text("DE-R-015", DOCUMENT, "BuyerReference", "a document has the buyer's reference"),
        Rule(
            "DE-R-016",
            DOCUMENT,
            f"not({TAXED_ANYWHERE}) or {HAS_TAX_NUMBER}",
            "Between Germans the seller has a tax number or a representative.",
        ),
        Rule(
            "DE-R-017",
            TYPE,
            of_text(GERMAN_TYPES.__contains__),
            "Between Germans documents are of other types than {}.",
            warning=True,
        ),
        Rule(
            "DE-R-018", DOCUMENT, _discounts, "The discount for early payment is not written as #SKONTO#TAGE=…#PROZENT=…#."
        ),
        Rule(
            "DE-R-019",
            _paid_by("58"),
            lambda node, facts: _iban(_child(node, "PayeeFinancialAccount/ID")),
            "The account of a SEPA transfer is no IBAN.",
            warning=True,
        ),
        Rule(
            "DE-R-020",
            _paid_by("59"),
            lambda node, facts: _iban(_child(node, "PaymentMandate/PayerFinancialAccount/ID")),
            "The account of a SEPA direct debit is no IBAN.",
            warning=True,
        ),
        Rule("DE-R-022", DOCUMENT, _files_differ, "Two attachments have one file name."),
        Rule("DE-R-023-1", _paid_by("30", "58"), "cac:PayeeFinancialAccount", "A transfer has no account."),
        Rule(
            "DE-R-023-2",
            _paid_by("30", "58"),
            "not(cac:CardAccount or cac:PaymentMandate)",
            "A transfer has a card or a mandate.",
        ),
        Rule("DE-R-024-1", _paid_by("48", "54", "55"), "cac:CardAccount", "A payment by card has no card."),
        Rule(
            "DE-R-024-2",
            _paid_by("48", "54", "55"),
            "not(cac:PayeeFinancialAccount or cac:PaymentMandate)",
            "A payment by card has an account or a mandate.",
        ),
        Rule("DE-R-025-1", _paid_by("59"), "cac:PaymentMandate", "A direct debit has no mandate."),
        Rule(
            "DE-R-025-2",
            _paid_by("59"),
            "not(cac:PayeeFinancialAccount or cac:CardAccount)",
            "A direct debit has an account or a card.",
        ),
        Rule(
            "DE-R-026",
            f"{TYPE}[normalize-space(.) = '384']",
            "/*/cac:BillingReference/cac:InvoiceDocumentReference",
            "A correction does not name the preceding invoice.",
            warning=True,
        ),
        Rule(
            "DE-R-027",
            CONTACT,
            lambda node, facts: len(re.findall("[0-9]", _child(node, "Telephone"))) >= 3,
            "The telephone number has fewer than three digits.",
            warning=True,
        ),
        Rule(
            "DE-R-028",
            CONTACT,
            lambda node, facts: (
                re.fullmatch(r"[^@\s]+@([^@.\s]+\.)+[^@.\s]+", _child(node, "ElectronicMail").strip()) is not None
            ),
            "The e-mail address is none.",
            warning=True,
        ),
        Rule(
            "DE-R-030",
            DOCUMENT,
            f"not({MANDATE}) or cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID[@schemeID = 'SEPA']"
            " or cac:PayeeParty/cac:PartyIdentification/cbc:ID[@schemeID = 'SEPA']",
            "A direct debit has no creditor's identifier (SEPA).",
        ),
        Rule(
            "DE-R-031",
            DOCUMENT,
            f"not({MANDATE}) or {MANDATE}/cac:PayerFinancialAccount/cbc:ID",
            "A direct debit has no account of the payer.",
        ),
        Rule(
            "DE-R-T02",
            "/*/cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference",
            lambda node, facts: re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:", _child(node, "URI")) is not None,
            "The address of an attachment elsewhere is none.",
            warning=True,
        ),
    ),
    lambda facts: facts.seller_address_country == facts.buyer_address_country == "DE",
)

GROUPS = (DENMARK, INSIDE_DENMARK, ITALY, GERMANY)
