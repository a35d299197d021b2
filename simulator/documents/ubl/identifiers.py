"""Numbers of organisations by the scheme that they are written under, and how right ones look.

Source: Peppol BIS Billing 3.0.21, rules PEPPOL-COMMON-R040 to R057; published check digits, as python-stdnum implements them.
Own choice: what goes beyond Peppol's rules is a warning called ``SIM-…``; a Dutch VAT number is checked for its form only, since
those of sole traders follow another scheme.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from simulator.directory.countries import BY_CODE


@dataclass(frozen=True)
class Scheme:
    """A scheme of identifiers: the rule that says how they look, in words and as a check.

    Attributes:
        rule: the name of the rule.
        expected: how an identifier looks.
        is_right: whether one does.
        warning: whether a document with another one can be sent all the same.
        of_address: whether the rule is about electronic addresses alone.
    """

    rule: str
    expected: str
    is_right: Callable[[str], bool]
    warning: bool = False
    of_address: bool = False


def _form(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


def norwegian(text: str) -> bool:
    """Return whether a text is a Norwegian organisation number, with its check digit."""
    if re.fullmatch(r"[0-9]{9}", text) is None or not int(text):
        return False
    weighted = sum(int(digit) * weight for digit, weight in zip(text, (3, 2, 7, 6, 5, 4, 3, 2), strict=False))
    return (11 - weighted % 11) % 11 == int(text[8])


def swedish(text: str) -> bool:
    """Return whether ten digits end with the check digit of Swedish numbers, of organisations and of people."""
    if re.fullmatch(r"[0-9]{10,}", text) is None:
        return False
    doubled = (int(digit) * (2 - at % 2) for at, digit in enumerate(text[:9]))
    return -sum(number // 10 + number % 10 for number in doubled) % 10 == int(text[9])


def _gln(text: str) -> bool:
    if re.fullmatch(r"[0-9]{1,50}", text) is None:
        return False
    return -sum(int(digit) * (3 - at % 2 * 2) for at, digit in enumerate(reversed(text[:-1]))) % 10 == int(text[-1])


def _belgian(text: str) -> bool:
    return re.fullmatch(r"[0-9]{10}", text) is not None and 97 - int(text[:8]) % 97 == int(text[8:])


def _australian(text: str) -> bool:
    if re.fullmatch(r"[0-9]{11}", text) is None:
        return False
    weights = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
    return (
        sum((int(digit) - (at == 0)) * weight for at, (digit, weight) in enumerate(zip(text, weights, strict=True))) % 89
        == 0
    )


def _italian_tax_code(text: str) -> bool:
    if len(text) == 11:
        return text.isdecimal()
    return re.fullmatch(r"[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}.{3}[0-9][A-Za-z]", text) is not None


def _italian_vat(text: str) -> bool:
    if text[:2] not in ("IT", "it"):
        return True
    if re.fullmatch(r"[0-9]{11}", text[2:]) is None:
        return False
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(text[2:]))
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def _oin(text: str) -> bool:
    """Return whether 20 digits are a Dutch OIN; in the common form the RSIN inside has a check digit."""
    from stdnum.nl import bsn

    return len(text) != 20 or not text.startswith("00000001") or (bool(bsn.is_valid(text[8:17])) and text.endswith("000"))


def _finnish(text: str) -> bool:
    return re.fullmatch(r"[0-9]{7}-?[0-9]", text) is not None and BY_CODE["FI"].is_number(text)


def _ovt(text: str) -> bool:
    return re.fullmatch(r"0037[0-9]{8}[0-9A-Za-z]{0,5}", text) is not None and _finnish(text[4:12])


def _e_mail(text: str) -> bool:
    return len(text) <= 254 and re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) is not None


def _danish(text: str) -> bool:
    digits = text.removeprefix("DK")
    return re.fullmatch(r"[0-9]{8}", digits) is not None and BY_CODE["DK"].is_number(digits)


def _swedish_vat(text: str) -> bool:
    return re.fullmatch(r"SE[0-9]{10}01", text) is not None and swedish(text[2:12])


SCHEMES = {
    "0088": Scheme("PEPPOL-COMMON-R040", "digits, the last of which is a check digit (GLN)", _gln),
    "0192": Scheme("PEPPOL-COMMON-R041", "nine digits, the last of which is a check digit", norwegian),
    "0184": Scheme("PEPPOL-COMMON-R042", "eight digits, or DK and eight digits (CVR)", _form(r"(DK)?[0-9]{8}")),
    "0208": Scheme(
        "PEPPOL-COMMON-R043", "ten digits, the last two of which are check digits (Belgian enterprise)", _belgian
    ),
    "0201": Scheme("PEPPOL-COMMON-R044", "six letters or digits (Italian IPA)", _form(r"[A-Za-z0-9]{6}"), warning=True),
    "0210": Scheme(
        "PEPPOL-COMMON-R045", "eleven digits, or 16 letters and digits (Codice Fiscale)", _italian_tax_code, True
    ),
    "9907": Scheme(
        "PEPPOL-COMMON-R046",
        "eleven digits, or 16 letters and digits (Codice Fiscale)",
        _italian_tax_code,
        warning=True,
        of_address=True,
    ),
    "0211": Scheme("PEPPOL-COMMON-R047", "IT and eleven digits, the last a check digit", _italian_vat, warning=True),
    "0007": Scheme(
        "PEPPOL-COMMON-R049",
        "ten digits, the last of which is a check digit",
        lambda text: len(text) == 10 and swedish(text),
    ),
    "0151": Scheme("PEPPOL-COMMON-R050", "eleven digits with check digits (ABN)", _australian),
    "0096": Scheme("PEPPOL-COMMON-R052", "ten digits (Danish chamber of commerce)", _form(r"[0-9]{10}")),
    "0198": Scheme("PEPPOL-COMMON-R053", "DK and eight digits (Danish ERSTORG)", _form(r"DK[0-9]{8}")),
    "0106": Scheme("PEPPOL-COMMON-R054", "eight digits (KvK)", _form(r"[0-9]{8}"), warning=True),
    "0190": Scheme("PEPPOL-COMMON-R055", "twenty digits (OIN)", _form(r"[0-9]{20}"), warning=True),
    "9944": Scheme("PEPPOL-COMMON-R056-1", "NL, nine digits, B and two digits", _form(r"NL[0-9]{9}B[0-9]{2}"), warning=True),
    "0217": Scheme("PEPPOL-COMMON-R057", "twelve digits (Dutch branch)", _form(r"[0-9]{12}"), warning=True),
}
"""Schemes whose identifiers Peppol checks; those of others may be anything."""

DOUBTS = {
    "0088": Scheme("SIM-0088", "a GLN has 13 digits", lambda text: len(text) == 13, warning=True),
    "0208": Scheme(
        "SIM-0208", "a Belgian enterprise number begins with 0 or 1", lambda text: text[:1] in "01", warning=True
    ),
    "0184": Scheme(
        "SIM-0184", "a CVR number has a check digit", lambda text: len(text) not in (8, 10) or _danish(text), True
    ),
    "0190": Scheme("SIM-0190", "an RSIN inside an OIN has a check digit", _oin, warning=True),
    "0212": Scheme("SIM-0212", "seven digits and a check digit", _finnish, warning=True),
    "0216": Scheme("SIM-0216", "0037, a Finnish business identifier and at most five characters (OVT)", _ovt, warning=True),
    "0037": Scheme("SIM-0037", "0037, a Finnish business identifier and at most five characters (OVT)", _ovt, warning=True),
    "EM": Scheme("SIM-EM", "an e-mail address", _e_mail, warning=True),
}
"""What goes beyond that, and is said without refusing the document."""

VAT_NUMBERS = {
    "NL": Scheme("PEPPOL-COMMON-R056-2", "NL, nine digits, B and two digits", _form(r"NL[0-9]{9}B[0-9]{2}"), warning=True),
    "NO": Scheme(
        "SIM-VAT-NO",
        "NO, an organisation number and MVA",
        lambda text: text[11:] == "MVA" and norwegian(text[2:11]),
        warning=True,
    ),
    "SE": Scheme("SIM-VAT-SE", "SE, ten digits with a check digit, and 01", _swedish_vat, warning=True),
    "DK": Scheme("SIM-VAT-DK", "DK and eight digits with a check digit", _danish, warning=True),
    "FI": Scheme("SIM-VAT-FI", "FI and eight digits with a check digit", lambda text: _finnish(text[2:]), warning=True),
}
"""VAT numbers by the country whose letters they begin with."""
