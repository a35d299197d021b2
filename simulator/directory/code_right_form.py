"""The form with which an administrator requests the right to generate emergency codes from support: writing and reading it.

Source: "Brukertips i Kundeservice", totrinnskontroll: *Rettigheter til å generere engangskoden*, filled in and mailed to support;
it names the administrator and the e-mail domains. Own choice: plain text, which every program can open and write.
"""

import re
from dataclasses import dataclass

from simulator.core import desks
from simulator.core.texts import LANGUAGES, text

LONGEST = 20_000
"""Own choice, in bytes: a filled-in form is far shorter."""

_LABELS = ("name", "email", "customer", "domains")


@dataclass(frozen=True)
class CodeRightForm:
    """The fields of the form.

    Attributes:
        name: the administrator's name.
        email: the administrator's address.
        customer: the customer's name.
        domains: the e-mail domains as typed, unchecked.
    """

    name: str
    email: str
    customer: str
    domains: tuple[str, ...]


def write(language: str, form: CodeRightForm) -> str:
    """Return the text of the form in a language."""
    filled = {"name": form.name, "email": form.email, "customer": form.customer, "domains": ", ".join(form.domains)}
    title = text(language, "code_right_form.title")
    lines = [f"{text(language, f'code_right_form.{label}')}: {filled[label]}".rstrip() for label in _LABELS]
    explain = text(language, "code_right_form.explain", support=desks.SUPPORT.alias)
    return "\r\n".join([title, "=" * len(title), "", *explain.split("\n"), "", *lines, ""])


def read(content: bytes) -> CodeRightForm | None:
    """Read a filled-in form in any language; None if the content is no such form."""
    if len(content) > LONGEST:
        return None
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return None
    fields: dict[str, str] = {}
    for line in lines:
        label, colon, value = line.partition(":")
        field = _fields_by_label().get(label.strip().casefold())
        if colon and field:
            fields.setdefault(field, value.strip()[:500])
    if not {"email", "domains"} <= fields.keys():
        return None
    return CodeRightForm(
        fields.get("name", ""), fields["email"], fields.get("customer", ""), tuple(split_domains(fields["domains"]))
    )


def split_domains(typed: str) -> list[str]:
    """Split typed e-mail domains by commas, semicolons or blanks; an @ before a domain is ignored."""
    return [word.removeprefix("@").lower() for word in re.split(r"[\s,;]+", typed) if word]


def _fields_by_label() -> dict[str, str]:
    return {text(language, f"code_right_form.{label}").casefold(): label for language in LANGUAGES for label in _LABELS}
