"""What the manual book says around the procedures, in four languages: captions, kinds of things, headings."""

from .finding import Match

KINDS = {
    "nl": {
        "link": "de koppeling", "button": "de knop", "menuitem": "de menukeuze", "tab": "het tabblad",
        "heading": "de kop", "textbox": "het veld", "checkbox": "het selectievakje",
        "radio": "het keuzerondje",
        "combobox": "de keuzelijst", "option": "de keuze", "row": "de regel", "column": "de kolom",
        "cell": "de cel", "text": "de tekst",
    },
    "nb": {
        "link": "lenken", "button": "knappen", "menuitem": "menyvalget", "tab": "fanen",
        "heading": "overskriften", "textbox": "feltet", "checkbox": "avkrysningsboksen",
        "radio": "alternativet",
        "combobox": "listen", "option": "valget", "row": "linjen", "column": "kolonnen",
        "cell": "cellen", "text": "teksten",
    },
    "sv": {
        "link": "länken", "button": "knappen", "menuitem": "menyvalet", "tab": "fliken",
        "heading": "rubriken", "textbox": "fältet", "checkbox": "kryssrutan", "radio": "alternativet",
        "combobox": "listan", "option": "valet", "row": "raden", "column": "kolumnen",
        "cell": "cellen", "text": "texten",
    },
    "en": {
        "link": "the link", "button": "the button", "menuitem": "the menu item", "tab": "the tab",
        "heading": "the heading", "textbox": "the field", "checkbox": "the check box", "radio": "the option",
        "combobox": "the list", "option": "the choice", "row": "the row", "column": "the column",
        "cell": "the cell", "text": "the text",
    },
}  # fmt: skip

WORDS = {
    "nl": {"step": "Stap", "ring": "ring om", "in_row": "in de regel", "and": "en", "source": "Bron",
           "hint": "Tip", "manuals": "Handleidingen", "way": "Variant", "result": "daarna", "language": "Nederlands"},
    "nb": {"step": "Trinn", "ring": "ring rundt", "in_row": "på linjen", "and": "og", "source": "Kilde",
           "hint": "Tips", "manuals": "Veiledninger", "way": "Variant", "result": "etterpå", "language": "Norsk bokmål"},
    "sv": {"step": "Steg", "ring": "ring runt", "in_row": "på raden", "and": "och", "source": "Källa",
           "hint": "Tips", "manuals": "Handledningar", "way": "Variant", "result": "efteråt", "language": "Svenska"},
    "en": {"step": "Step", "ring": "ring around", "in_row": "in the row", "and": "and", "source": "Source",
           "hint": "Hint", "manuals": "Manuals", "way": "Variant", "result": "afterwards", "language": "English"},
}  # fmt: skip


def alternative_text(language: str, number: int, heading: str, ringed: list[Match], result: bool = False) -> str:
    """Say in words what a picture shows.

    Args:
        language: The language of the walk.
        number: The number of the step.
        heading: The main heading of the page.
        ringed: What has a ring, in order.
        result: Whether it shows what the step has led to.

    Returns:
        `Step 3: Licences – ring around the link Invoices in the row Visma.net AutoInvoice`.
    """
    words = WORDS[language]
    text = f"{words['step']} {number}{', ' + words['result'] if result else ''}"
    if heading:
        text += f": {heading}"
    if not ringed:
        return text
    things = [_thing(language, match) for match in ringed]
    together = things[0] if len(things) == 1 else f"{', '.join(things[:-1])} {words['and']} {things[-1]}"
    return f"{text} – {words['ring']} {together}"


def _thing(language: str, match: Match) -> str:
    text = f"{KINDS[language][match.kind]} {match.label}".rstrip()
    return f"{text} {WORDS[language]['in_row']} {match.row}" if match.row else text
