"""Documents that use the whole vocabulary of invoices and credit notes, and texts to change them with; all made up."""

INVOICE, CREDIT_NOTE = "Invoice", "CreditNote"
_SPACE = "urn:oasis:names:specification:ubl:schema:xsd"
_VAT = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"


def _party(country: str, number: str, vat: str, scheme: str, extra: str = "") -> str:
    tax = f"<cac:PartyTaxScheme><cbc:CompanyID>{vat}</cbc:CompanyID>{_VAT}</cac:PartyTaxScheme>" if vat else ""
    return (
        f'<cac:Party><cbc:EndpointID schemeID="{scheme}">{number}</cbc:EndpointID>'
        f'<cac:PartyIdentification><cbc:ID schemeID="{scheme}">{number}</cbc:ID></cac:PartyIdentification>'
        f"<cac:PartyName><cbc:Name>Name {number}</cbc:Name></cac:PartyName>"
        "<cac:PostalAddress><cbc:StreetName>Street 1</cbc:StreetName><cbc:CityName>City</cbc:CityName>"
        "<cbc:PostalZone>0001</cbc:PostalZone><cac:AddressLine><cbc:Line>Door</cbc:Line></cac:AddressLine>"
        f"<cac:Country><cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country></cac:PostalAddress>{tax}{extra}"
        f"<cac:PartyLegalEntity><cbc:RegistrationName>Company {number}</cbc:RegistrationName>"
        f'<cbc:CompanyID schemeID="{scheme}">{number}</cbc:CompanyID></cac:PartyLegalEntity>'
        "<cac:Contact><cbc:Name>Somebody</cbc:Name><cbc:Telephone>+47 00000000</cbc:Telephone>"
        "<cbc:ElectronicMail>a@b.example</cbc:ElectronicMail></cac:Contact></cac:Party>"
    )


def _category(name: str, code: str, percent: str | None, reason: str = "") -> str:
    rate = "" if percent is None else f"<cbc:Percent>{percent}</cbc:Percent>"
    return f"<cac:{name}><cbc:ID>{code}</cbc:ID>{rate}{reason}{_VAT}</cac:{name}>"


SELLERS = {
    "NO": _party(
        "NO",
        "310000019",
        "NO310000019MVA",
        "0192",
        "<cac:PartyTaxScheme><cbc:CompanyID>Foretaksregisteret</cbc:CompanyID>"
        "<cac:TaxScheme><cbc:ID>TAX</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>",
    ),
    "SE": _party("SE", "9999990006", "SE999999000601", "0007"),
    "NL": _party("NL", "99999901", "NL999999011B01", "0106"),
}
BUYERS = {
    "NO": _party("NO", "312002205", "NO312002205MVA", "0192"),
    "SE": _party("SE", "9999990014", "SE999999001401", "0007"),
    "NL": _party("NL", "99999902", "NL999999023B02", "0106"),
}


def document(kind: str, country: str, category: str, *, self_billed: bool = False, rich: bool = True) -> str:
    """Return a right document of a kind, between two companies of a country, taxed as a category; a rich one uses all it can."""
    currency = {"NO": "NOK", "SE": "SEK", "NL": "EUR"}[country]
    code, percent, reason = category, "0", ""
    if category == "S":
        percent = "25" if country != "NL" else "21"
    elif category != "Z":
        reason = "<cbc:TaxExemptionReason>Because</cbc:TaxExemptionReason>"
    rate: str | None = None if category == "O" else percent

    def money(name: str, amount: str) -> str:
        return f'<cbc:{name} currencyID="{currency}">{amount}</cbc:{name}>'

    def charge(sign: str, amount: str, base: str, taxed: str = "") -> str:
        return (
            f"<cac:AllowanceCharge><cbc:ChargeIndicator>{sign}</cbc:ChargeIndicator><cbc:AllowanceChargeReasonCode>"
            f"{'95' if sign == 'false' else 'FC'}</cbc:AllowanceChargeReasonCode><cbc:AllowanceChargeReason>Why"
            f"</cbc:AllowanceChargeReason><cbc:MultiplierFactorNumeric>10</cbc:MultiplierFactorNumeric>"
            f"{money('Amount', amount)}{money('BaseAmount', base)}{taxed}</cac:AllowanceCharge>"
        )

    tax = {"25": "250.00", "21": "210.00", "0": "0.00"}[percent]
    total = f"{1000 + float(tax):.2f}"
    seller, buyer = SELLERS[country], BUYERS[country]
    if category == "O":
        registered = f"<cac:PartyTaxScheme><cbc:CompanyID>{'{}'}</cbc:CompanyID>{_VAT}</cac:PartyTaxScheme>"
        for vat in (
            "NO310000019MVA",
            "SE999999000601",
            "NL999999011B01",
            "NO312002205MVA",
            "SE999999001401",
            "NL999999023B02",
        ):
            seller, buyer = (side.replace(registered.format(vat), "") for side in (seller, buyer))
    invoice = kind == INVOICE
    types = {(True, False): "380", (True, True): "389", (False, False): "381", (False, True): "261"}
    process = "selfbilling" if self_billed else "billing"
    taxed = _category("TaxCategory", code, rate)
    date = "2022-03-01"
    period = (
        f"<cac:InvoicePeriod><cbc:StartDate>{date}</cbc:StartDate><cbc:EndDate>2022-03-31</cbc:EndDate></cac:InvoicePeriod>"
    )
    parts = [
        f"<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:{process}:3.0</cbc:CustomizationID>",
        f"<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:{process}:01:1.0</cbc:ProfileID><cbc:ID>1</cbc:ID>",
        f"<cbc:IssueDate>{date}</cbc:IssueDate>",
        f"<cbc:DueDate>2022-03-31</cbc:DueDate><cbc:InvoiceTypeCode>{types[invoice, self_billed]}</cbc:InvoiceTypeCode>"
        if invoice
        else f"<cbc:CreditNoteTypeCode>{types[invoice, self_billed]}</cbc:CreditNoteTypeCode>",
        "<cbc:Note>#AAA#Note</cbc:Note>",
        f"<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>",
        "<cbc:TaxCurrencyCode>DKK</cbc:TaxCurrencyCode>" if rich else "",
        "<cbc:BuyerReference>Somebody</cbc:BuyerReference>",
        period if rich or category == "K" else "",
        "<cac:OrderReference><cbc:ID>2</cbc:ID></cac:OrderReference>",
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>0</cbc:ID>"
        f"<cbc:IssueDate>{date}</cbc:IssueDate></cac:InvoiceDocumentReference></cac:BillingReference>",
    ]
    if rich:
        parts += [
            "<cac:ContractDocumentReference><cbc:ID>3</cbc:ID></cac:ContractDocumentReference>",
            '<cac:AdditionalDocumentReference><cbc:ID schemeID="AAA">4</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>'
            "</cac:AdditionalDocumentReference><cac:AdditionalDocumentReference><cbc:ID>5</cbc:ID><cac:Attachment>"
            '<cbc:EmbeddedDocumentBinaryObject mimeCode="text/csv" filename="a.csv">eA==</cbc:EmbeddedDocumentBinaryObject>'
            "</cac:Attachment></cac:AdditionalDocumentReference>",
        ]
    parts += [
        f"<cac:AccountingSupplierParty>{seller}</cac:AccountingSupplierParty>",
        f"<cac:AccountingCustomerParty>{buyer}</cac:AccountingCustomerParty>",
    ]
    if rich:
        parts += [
            "<cac:PayeeParty><cac:PartyIdentification><cbc:ID>6</cbc:ID></cac:PartyIdentification>"
            "<cac:PartyName><cbc:Name>Payee</cbc:Name></cac:PartyName></cac:PayeeParty>",
        ]
        if category != "O":
            parts += [
                "<cac:TaxRepresentativeParty><cac:PartyName><cbc:Name>Representative</cbc:Name></cac:PartyName><cac:PostalAddress>"
                "<cbc:StreetName>Street 2</cbc:StreetName><cbc:CityName>City</cbc:CityName><cbc:PostalZone>0002</cbc:PostalZone>"
                f"<cac:Country><cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country></cac:PostalAddress>"
                f"<cac:PartyTaxScheme><cbc:CompanyID>FI12345678</cbc:CompanyID>{_VAT}</cac:PartyTaxScheme>"
                "</cac:TaxRepresentativeParty>"
            ]
    if rich or category == "K":
        parts += [
            f"<cac:Delivery><cbc:ActualDeliveryDate>{date}</cbc:ActualDeliveryDate><cac:DeliveryLocation><cac:Address>"
            "<cac:Country><cbc:IdentificationCode>SE</cbc:IdentificationCode></cac:Country></cac:Address></cac:DeliveryLocation>"
            "<cac:DeliveryParty><cac:PartyName><cbc:Name>Receiver</cbc:Name></cac:PartyName></cac:DeliveryParty></cac:Delivery>"
        ]
    parts += [
        '<cac:PaymentMeans><cbc:PaymentMeansCode name="Transfer">30</cbc:PaymentMeansCode><cbc:PaymentID>7</cbc:PaymentID>'
        "<cac:PayeeFinancialAccount><cbc:ID>12345678</cbc:ID><cac:FinancialInstitutionBranch><cbc:ID>SE:BANKGIRO</cbc:ID>"
        "</cac:FinancialInstitutionBranch></cac:PayeeFinancialAccount></cac:PaymentMeans>",
        "<cac:PaymentTerms><cbc:Note>Soon</cbc:Note></cac:PaymentTerms>",
        charge("false", "100.00", "1000.00", taxed) + charge("true", "100.00", "1000.00", taxed) if rich else "",
        f"<cac:TaxTotal>{money('TaxAmount', tax)}<cac:TaxSubtotal>{money('TaxableAmount', '1000.00')}{money('TaxAmount', tax)}"
        f"{_category('TaxCategory', code, rate, reason)}</cac:TaxSubtotal></cac:TaxTotal>",
        '<cac:TaxTotal><cbc:TaxAmount currencyID="DKK">175.00</cbc:TaxAmount></cac:TaxTotal>' if rich else "",
        f"<cac:LegalMonetaryTotal>{money('LineExtensionAmount', '1000.00')}{money('TaxExclusiveAmount', '1000.00')}"
        f"{money('TaxInclusiveAmount', total)}"
        + (f"{money('AllowanceTotalAmount', '100.00')}{money('ChargeTotalAmount', '100.00')}" if rich else "")
        + (f"{money('PrepaidAmount', '10.00')}{money('PayableRoundingAmount', '0.50')}" if rich else "")
        + money("PayableAmount", f"{float(total) - 9.5:.2f}" if rich else total)
        + "</cac:LegalMonetaryTotal>",
    ]
    quantity = "InvoicedQuantity" if invoice else "CreditedQuantity"
    for number, count, price, line_charges in (
        ("1", "20", "60.00", charge("false", "20.00", "200.00") + charge("true", "20.00", "200.00") if rich else ""),
        ("2", "8", "50", ""),
    ):
        amount = "600.00" if number == "1" else "400.00"
        gross = (
            f"<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>{money('Amount', '1.005')}"
            f"{money('BaseAmount', '61.005')}</cac:AllowanceCharge>"
            if rich and number == "1"
            else ""
        )
        base = '<cbc:BaseQuantity unitCode="C62">2</cbc:BaseQuantity>' if number == "1" else ""
        reference = (
            "<cac:DocumentReference><cbc:ID>8</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:DocumentReference>"
            if rich and number == "1"
            else ""
        )
        order = "<cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference>"
        more = (
            '<cac:StandardItemIdentification><cbc:ID schemeID="0160">1</cbc:ID></cac:StandardItemIdentification><cac:OriginCountry>'
            "<cbc:IdentificationCode>SE</cbc:IdentificationCode></cac:OriginCountry><cac:CommodityClassification>"
            '<cbc:ItemClassificationCode listID="STI">9</cbc:ItemClassificationCode></cac:CommodityClassification>'
            if rich
            else ""
        )
        properties = (
            "<cac:AdditionalItemProperty><cbc:Name>Colour</cbc:Name><cbc:Value>Red</cbc:Value></cac:AdditionalItemProperty>"
            if rich
            else ""
        )
        parts.append(
            f"<cac:{kind}Line><cbc:ID>{number}</cbc:ID><cbc:Note>Line</cbc:Note>"
            f'<cbc:{quantity} unitCode="C62">{count}</cbc:{quantity}>'
            f"{money('LineExtensionAmount', amount)}{period if rich else ''}{order}{reference}{line_charges}"
            f"<cac:Item><cbc:Description>About</cbc:Description><cbc:Name>Goods</cbc:Name>{more}"
            f"{_category('ClassifiedTaxCategory', code, rate)}{properties}</cac:Item>"
            f"<cac:Price>{money('PriceAmount', price)}{base}{gross}</cac:Price></cac:{kind}Line>"
        )
    spaces = f'xmlns:cac="{_SPACE}:CommonAggregateComponents-2" xmlns:cbc="{_SPACE}:CommonBasicComponents-2"'
    return f"<{kind} xmlns='{_SPACE}:{kind}-2' {spaces}>{''.join(parts)}</{kind}>"


BASES = [
    document(kind, country, category, rich=rich)
    for kind in (INVOICE, CREDIT_NOTE)
    for country in ("NO", "SE", "NL")
    for category in ("S", "Z", "E", "AE", "K", "G", "O")
    for rich in (True, False)
] + [document(kind, "NO", "S", self_billed=True, rich=rich) for kind in (INVOICE, CREDIT_NOTE) for rich in (True, False)]

_NUMBERS = [
    "0",
    "-1",
    "1",
    "99.99",
    "100.00",
    "100.01",
    "100.001",
    "1000.00",
    "250",
    "250.00",
    "249",
    "1.0",
    "+5",
    "1000000",
]
_CODES = [
    "S",
    "Z",
    "E",
    "AE",
    "K",
    "G",
    "O",
    "L",
    "M",
    "B",
    "1",
    "30",
    "31",
    "49",
    "58",
    "59",
    "48",
    "50",
    "380",
    "381",
    "384",
    "389",
]
_DATES = ["2022-02-28", "2022-03-15", "2022-04-01", "2022-03-01Z"]
_COUNTRIES = ["NO", "SE", "NL", "IT", "XX", "1A"]
_PEOPLE = [
    "310000019",
    "310000018",
    "9999990006",
    "SE999999000601",
    "NO310000019MVA",
    "Company 310000019",
    "GODKÄND FÖR F-SKATT",
    "x",
]
TEXTS: dict[str, list[str]] = {
    "*": ["", " ", "x", "1", "VAT", "vat", "TAX", *_PEOPLE, *_CODES],
    "IdentificationCode": _COUNTRIES,
    "Percent": ["0", "25", "12", "21", "15", "0.4", "-1"],
    "ID": ["S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B", "VAT", "TAX", "x", "", *_PEOPLE],
    "ChargeIndicator": ["true", "false", "1", "0"],
    "DocumentCurrencyCode": ["NOK", "SEK", "EUR", "XYZ"],
    "TaxCurrencyCode": ["NOK", "SEK", "EUR", "DKK", "XYZ"],
    "TaxExemptionReason": ["x", ""],
    "DocumentTypeCode": ["130", "50", "380"],
    "PaymentMeansCode": ["1", "10", "30", "31", "48", "49", "50", "56", "57", "58", "59", "999"],
    "InvoiceTypeCode": ["380", "389", "381", "384", "326", "1"],
    "CreditNoteTypeCode": ["381", "261", "380", "396"],
    "AllowanceChargeReasonCode": ["95", "FC", "ZZZ", "x"],
    "ItemClassificationCode": ["1"],
    "EmbeddedDocumentBinaryObject": ["eA=="],
}
for _name in ("Issue", "Due", "Start", "End", "ActualDelivery", "TaxPoint", "PaymentDue"):
    TEXTS[f"{_name}Date"] = _DATES
_AMOUNTS = """
    Amount BaseAmount PriceAmount TaxAmount TaxableAmount LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount
    AllowanceTotalAmount ChargeTotalAmount PrepaidAmount PayableRoundingAmount PayableAmount InvoicedQuantity CreditedQuantity
    BaseQuantity MultiplierFactorNumeric
"""
for _name in _AMOUNTS.split():
    TEXTS[_name] = _NUMBERS
ATTRIBUTES: dict[str, list[str]] = {
    "currencyID": ["NOK", "SEK", "EUR", "DKK", "XYZ"],
    "unitCode": ["C62", "HUR", "PCE", "EA"],
    "schemeID": ["0192", "0007", "0088", "0106", "0190", "0184", "0208", "0212", "9908", "SEPA", "AAA", "x"],
    "listID": ["STI", "TST", "x"],
    "mimeCode": ["text/csv", "application/pdf", "text/plain"],
    "filename": ["b.csv"],
    "name": ["Other"],
}
