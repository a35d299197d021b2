"""Manuals for the fake platform."""

from e2e.engine.model import Manual
from e2e.engine.reading import parse_manual

HEAD = """
id: specification
title: {nl: De specificatie, en: The specification}
language: nl
source: {title: Verbruik opvragen, section: Downloaden}
scenario: accountant-nl
now: 2022-03-01T09:00+01:00
"""

SPECIFICATION = (
    HEAD
    + """
person: administrator
variants:
  home: {given: Settings wordt vanuit het overzicht geopend}
  menu: {given: Settings wordt vanuit het menu linksboven geopend}
steps:
  - tell: Open **Settings**, {person.first_name}.
    do:
      home: {click: {link: Settings}}
      menu: [{click: {button: Apps, place: top left}}, {click: {menuitem: Settings}}]
    see: [{heading: Settings}]
  - tell: Zoek de regel van AutoInvoice en open daar **Facturen**.
    hint: Helemaal rechts.
    do:
      click: {link: Facturen, row: Visma.net AutoInvoice, within: Licenties, place: [last in row, far right]}
    see:
      - {heading: Facturen}
      - {text: 2 gevonden, key: found, place: under Zoeken}
      - {textbox: Zoeken, value: abc}
      - {checkbox: Rol, state: disabled}
      - {button: Opslaan, state: gone}
  - tell: Kies **Exporteren als** en **Excel**.
    do: [{click: {button: Exporteren als, place: left}}, {click: {menuitem: Excel}}]
    download:
      as: specification
      header: [Type verbruik, Aantal]
      rows: ">= 1"
      cells: [{column: Aantal, row: 2, is: 1102}, {column: Type verbruik, is: Mail}]
    then: [{event: invoice.exported}]
"""
)

INVITATION = (
    HEAD.replace("id: specification", "id: invitation")
    + """
steps:
  - tell: Log in.
    do: {sign_in: administrator}
    see: [{heading: Home}]
  - tell: Voeg de gebruiker toe.
    do:
      - open: users
      - fill: {textbox: E-mail, with: "{user.email}"}
      - select: {combobox: Rol, option: Customer administrator}
      - check: {checkbox: Mail}
      - click: {button: Opslaan}
    see: {heading: Home}
    then: [{event: user.invited}]
  - tell: Lees de mail.
    do: {read_mail: {to: user, subject: Welcome}}
    see: {text: Hello}
  - tell: Volg de koppeling.
    do: {follow_link: Account activeren}
    see: {heading: Welcome}
"""
)


def manual(text: str = SPECIFICATION, **replaced: str) -> Manual:
    """Read a manual, with some words replaced."""
    for old, new in replaced.items():
        text = text.replace(old, new)
    return parse_manual(text, "test.yaml")
