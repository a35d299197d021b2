"""The schemes of electronic addresses: what each one's identifiers look like, and whose country's they are.

Source: Peppol, participant identifier schemes. Own choice: a scheme that is not in this list takes any identifier of letters,
digits and the signs between them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from simulator.core import normal_forms
from simulator.core.errors import RuleViolation
from simulator.documents.registers import organisation_numbers

ELMA = organisation_numbers.ICD
"""The one scheme whose addresses are in ELMA. All others are in the SML only."""

LONGEST = 50
_CODE = re.compile(r"[0-9]{4}")
_ANY = re.compile(r"[0-9A-Za-z][0-9A-Za-z:._\-]*")


@dataclass(frozen=True)
class Scheme:
    """A scheme.

    Attributes:
        code: four digits.
        country: whose numbers they are; None for all countries.
        is_right: returns whether a text is one of its identifiers.
        of_organisation: whether the identifier is the organisation number itself.
    """

    code: str
    country: str | None
    is_right: Callable[[str], bool]
    of_organisation: bool = False


def _form(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


def _swedish(text: str) -> bool:
    from stdnum import luhn

    return re.fullmatch(r"[0-9]{10}", text) is not None and bool(luhn.is_valid(text))


def _gln(text: str) -> bool:
    from stdnum import ean

    return re.fullmatch(r"[0-9]{13}", text) is not None and bool(ean.is_valid(text))


def _danish(text: str) -> bool:
    from stdnum.dk import cvr

    return re.fullmatch(r"[0-9]{8}", text) is not None and bool(cvr.is_valid(text))


def _finnish(text: str) -> bool:
    from stdnum.fi import ytunnus

    return re.fullmatch(r"[0-9]{7}-?[0-9]", text) is not None and bool(ytunnus.is_valid(text))


SCHEMES = {
    scheme.code: scheme
    for scheme in (
        Scheme(ELMA, "NO", organisation_numbers.is_right, of_organisation=True),
        Scheme("0007", "SE", _swedish, of_organisation=True),
        Scheme("0037", "FI", _form(r"0037[0-9]{8}[0-9A-Z]{0,5}")),
        Scheme("0088", None, _gln),
        Scheme("0106", "NL", _form(r"[0-9]{8}"), of_organisation=True),
        Scheme("0184", "DK", _danish, of_organisation=True),
        Scheme("0190", "NL", _form(r"[0-9]{20}")),
        Scheme("0212", "FI", _finnish, of_organisation=True),
        Scheme("0216", "FI", _form(r"0037[0-9]{8}[0-9A-Z]{0,5}")),
        Scheme("9944", "NL", _form(r"NL[0-9]{9}B[0-9]{2}")),
    )
}


def is_scheme(code: str) -> bool:
    """Return whether four digits name a scheme."""
    return _CODE.fullmatch(code) is not None


def is_right(scheme: str, identifier: str) -> bool:
    """Return whether a text is an identifier of a scheme."""
    if not is_scheme(scheme) or len(identifier) > LONGEST or not _ANY.fullmatch(identifier):
        return False
    rules = SCHEMES.get(scheme)
    return rules is None or rules.is_right(identifier)


def check(scheme: str, identifier: str) -> None:
    """See that an electronic address can be one.

    Raises:
        RuleViolation: ``documents.bad_number`` for a Norwegian organisation number, ``documents.unfit_address`` for others.
    """
    if is_right(scheme, identifier):
        return
    if scheme == ELMA:
        raise RuleViolation("documents.bad_number", field="number", number=identifier)
    raise RuleViolation("documents.unfit_address", field="number", address=f"{scheme}:{identifier}")


def split(address: str) -> tuple[str, str] | None:
    """Return scheme and identifier of an address such as ``0192:310000019``, in their normal form; None when it is none.

    Args:
        address: in whichever case, with or without what the network writes before it, ``iso6523-actorid-upis::``.
    """
    scheme, identifier = parts(address)
    return (scheme, identifier) if is_right(scheme, identifier) else None


def parts(address: str) -> tuple[str, str]:
    """Return what stands before and behind the colon of an address, in its normal form, whether it can be one or not."""
    scheme, _, identifier = normal_forms.participant(address).removeprefix(f"{NETWORK.upper()}::").partition(":")
    return scheme, identifier


NETWORK = "iso6523-actorid-upis"
"""What the Peppol network writes before an address, with two colons between."""
