"""Numbers of organisations by the scheme that they are written under, and how right ones look.

Source: Peppol's rules for identifiers (PEPPOL-COMMON-R040 to R049) and the published check digits, as python-stdnum implements
them. Own choice: a Swedish number's third digit is at least two, as a registered company's is; a Dutch VAT number is checked for
its form only, since those of sole traders follow another scheme; rules without a published name are called ``SIM-…``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from simulator.directory.countries import BY_CODE


@dataclass(frozen=True)
class Scheme:
    """A scheme of identifiers: the rule that says how they look, in words and as a check."""

    rule: str
    expected: str
    is_right: Callable[[str], bool]


def _form(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


def _norwegian(text: str) -> bool:
    return len(text) == 9 and text.isdecimal() and BY_CODE["NO"].is_number(text)


def _swedish(text: str) -> bool:
    return re.fullmatch(r"[0-9]{10}", text) is not None and BY_CODE["SE"].is_number(text)


def _danish(text: str) -> bool:
    digits = text.removeprefix("DK")
    return re.fullmatch(r"[0-9]{8}", digits) is not None and BY_CODE["DK"].is_number(digits)


def _gln(text: str) -> bool:
    from stdnum import ean

    return re.fullmatch(r"[0-9]{13}", text) is not None and bool(ean.is_valid(text))


def _belgian(text: str) -> bool:
    return re.fullmatch(r"[01][0-9]{9}", text) is not None and 97 - int(text[:8]) % 97 == int(text[8:])


def _oin(text: str) -> bool:
    """Return whether 20 digits are a Dutch OIN; in the common form the RSIN inside has a check digit."""
    from stdnum.nl import bsn

    if re.fullmatch(r"[0-9]{20}", text) is None:
        return False
    return not text.startswith("00000001") or (bool(bsn.is_valid(text[8:17])) and text.endswith("000"))


def _finnish(text: str) -> bool:
    return re.fullmatch(r"[0-9]{7}-?[0-9]", text) is not None and BY_CODE["FI"].is_number(text)


def _ovt(text: str) -> bool:
    return re.fullmatch(r"0037[0-9]{8}[0-9A-Za-z]{0,5}", text) is not None and _finnish(text[4:12])


def _e_mail(text: str) -> bool:
    return len(text) <= 254 and re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) is not None


_NORWEGIAN = Scheme("PEPPOL-COMMON-R041", "nine digits, the last of which is a check digit", _norwegian)

SCHEMES = {
    "0088": Scheme("PEPPOL-COMMON-R040", "13 digits, the last of which is a check digit (GLN)", _gln),
    "0192": _NORWEGIAN,
    "9908": _NORWEGIAN,
    "0184": Scheme("PEPPOL-COMMON-R042", "eight digits with a check digit (CVR)", _danish),
    "0208": Scheme(
        "PEPPOL-COMMON-R043", "ten digits, the last two of which are check digits (Belgian enterprise)", _belgian
    ),
    "0007": Scheme("PEPPOL-COMMON-R049", "ten digits, the last of which is a check digit", _swedish),
    "0106": Scheme("SIM-0106", "eight digits (KvK)", _form(r"[0-9]{8}")),
    "0190": Scheme("SIM-0190", "twenty digits (OIN)", _oin),
    "9944": Scheme("SIM-9944", "NL, nine digits, B and two digits", _form(r"NL[0-9]{9}B[0-9]{2}")),
    "0212": Scheme("SIM-0212", "seven digits and a check digit", _finnish),
    "0216": Scheme("SIM-0216", "0037, a Finnish business identifier and at most five characters (OVT)", _ovt),
    "0037": Scheme("SIM-0037", "0037, a Finnish business identifier and at most five characters (OVT)", _ovt),
    "EM": Scheme("SIM-EM", "an e-mail address", _e_mail),
}
"""Schemes whose identifiers are checked; those of others may be anything."""

VAT_NUMBERS = {
    "NO": Scheme(
        "NO-R-001", "NO, an organisation number and MVA", lambda text: text[11:] == "MVA" and _norwegian(text[2:11])
    ),
    "SE": Scheme("SE-R-001", "SE, an organisation number and 01", lambda text: text[12:] == "01" and _swedish(text[2:12])),
    "NL": Scheme("SIM-VAT-NL", "NL, nine digits, B and two digits", _form(r"NL[0-9]{9}B[0-9]{2}")),
    "DK": Scheme("SIM-VAT-DK", "DK and eight digits with a check digit", _danish),
    "FI": Scheme("SIM-VAT-FI", "FI and eight digits with a check digit", lambda text: _finnish(text[2:])),
}
"""VAT numbers by the country whose letters they begin with."""
