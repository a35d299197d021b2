"""The form with which an administrator asks support for the right to generate emergency codes: written out, and read again.

Source: "Brukertips i Kundeservice", totrinnskontroll: *Rettigheter til å generere engangskoden*, filled in and mailed to support;
it names the administrator and the e-mail domains. Own choice: a plain text, which every program opens and writes.
"""

import re
from dataclasses import dataclass

from simulator.core.texts import LANGUAGES, text
from simulator.directory import support

LONGEST = 20_000
"""Own choice, in bytes: a form that was filled in is far shorter."""

_LABELS = ("name", "email", "customer", "domains")


@dataclass(frozen=True)
class CodeRightForm:
    """What stands in the form.

    Attributes:
        name: the administrator's name.
        email: the administrator's address.
        customer: the customer's name.
        domains: what was written as e-mail domains, not checked.
    """

    name: str
    email: str
    customer: str
    domains: tuple[str, ...]


def write(language: str, form: CodeRightForm) -> str:
    """Write the form out in a language."""
    filled = {"name": form.name, "email": form.email, "customer": form.customer, "domains": ", ".join(form.domains)}
    title = text(language, "code_right_form.title")
    lines = [f"{text(language, f'code_right_form.{label}')}: {filled[label]}".rstrip() for label in _LABELS]
    explain = text(language, "code_right_form.explain", support=support.ADDRESS)
    return "\r\n".join([title, "=" * len(title), "", *explain.split("\n"), "", *lines, ""])


def read(content: bytes) -> CodeRightForm | None:
    """Read a form that was filled in, in whatever language; None when it is none."""
    if len(content) > LONGEST:
        return None
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return None
    found: dict[str, str] = {}
    for line in lines:
        label, colon, value = line.partition(":")
        known = _known_labels().get(label.strip().casefold())
        if colon and known:
            found.setdefault(known, value.strip()[:500])
    if not {"email", "domains"} <= found.keys():
        return None
    return CodeRightForm(
        found.get("name", ""), found["email"], found.get("customer", ""), tuple(split_domains(found["domains"]))
    )


def split_domains(typed: str) -> list[str]:
    """Split what was typed as e-mail domains: by commas, semicolons or blanks; an @ before a domain does no harm."""
    return [word.removeprefix("@").lower() for word in re.split(r"[\s,;]+", typed) if word]


def _known_labels() -> dict[str, str]:
    return {text(language, f"code_right_form.{label}").casefold(): label for language in LANGUAGES for label in _LABELS}
