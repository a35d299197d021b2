"""Norwegian organisation numbers: reading what people type, and telling right ones from wrong ones.

Source: Peppol participant identifiers of scheme 0192, nine digits of which the last is a check digit
(modulo 11), not all zero. Own choice: what is passed over in typing, namely blanks, dots and dashes, *NO*
before and *MVA* behind, and the scheme in front.
"""

import re

from simulator.core import normal_forms
from simulator.core.errors import RuleViolation

ICD = "0192"
"""The scheme of Norwegian organisation numbers. The older 9908 is left out."""

_TYPED = re.compile(rf"(?:(?:ISO6523ACTORIDUPIS::)?{ICD}:|NO)?([0-9]+)(?:MVA)?")


def typed(text: str) -> str | None:
    """Return the digits of what was meant as a number, right or wrong; None when it is a name."""
    match = _TYPED.fullmatch(normal_forms.number(text))
    return match.group(1) if match else None


def is_right(digits: str) -> bool:
    """Return whether nine digits are an organisation number."""
    from stdnum.no import orgnr

    return bool(orgnr.is_valid(digits)) and bool(digits.strip("0"))


def check(digits: str) -> str:
    """Return an organisation number that is right.

    Raises:
        RuleViolation: ``documents.bad_number``.
    """
    if not is_right(digits):
        raise RuleViolation("documents.bad_number", field="number", number=digits)
    return digits
