"""Names of people as names of sandboxes, and the codes that people type."""

import re
import unicodedata
from collections.abc import Container

from simulator.core.chance import machine_secret

LONGEST = 40
"""Characters of the name of a sandbox."""
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ß": "ss", "ı": "i"})
"""Letters of Latin script that Unicode does not take apart."""
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 6


def sandbox_name(written: str, longest: int = LONGEST) -> str:
    """Return the name of a sandbox for a person's name: its letters without accents, in lower case, with dashes for other signs.

    It is empty when a letter of another script would be lost.
    """
    letters = unicodedata.normalize("NFKD", written.casefold().translate(_LETTERS))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    if re.search(r"[^\W_]", re.sub(r"[a-z0-9]", "", plain)):
        return ""
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:longest].rstrip("-")


def free_name(first: str, taken: Container[str], longest: int, separator: str = "-") -> str:
    """Return a name, with a number behind it when it is in use: ``jan``, ``jan-2``."""
    name, number = first[:longest].rstrip("-"), 1
    while name in taken:
        number += 1
        ending = f"{separator}{number}"
        name = first[: longest - len(ending)].rstrip("-") + ending
    return name


def join_code() -> str:
    """Return a new join code: six letters and digits that are not mistaken for each other."""
    number, code = int(machine_secret(), 16), ""
    for _ in range(_CODE_LENGTH):
        number, at = divmod(number, len(_CODE_LETTERS))
        code += _CODE_LETTERS[at]
    return code


def plain_code(code: str) -> str:
    """Return a join code as people type it, without spaces and dashes, in capitals."""
    return "".join(letter for letter in code.upper() if letter.isalnum())[:40]
