"""``vnsim texts``: the keys of what the screens say, for the ``key:`` of manuals and for page objects."""

import sys

import click

from simulator.commands.options import fail, option


@click.command("texts")
@click.argument("words", metavar="[WORDS]...", nargs=-1)
@option(
    "--language", "languages", multiple=True, help="nl, nb, sv or en; all of them when left out. May be given several times."
)
def texts(words: tuple[str, ...], languages: tuple[str, ...]) -> None:
    """List the texts of the screens that have all of the words, with their keys: key, language, text.

    A whole sentence finds its text also when a name or a number is filled in. Exit code 1 when there is no such text.
    """
    from simulator.core.companions import companion
    from simulator.core.texts import LANGUAGES, spoken

    for language in languages:
        if language not in LANGUAGES:
            fail(f"There is no language {language!r}: choose {', '.join(LANGUAGES)}.")
    sentence = " ".join(words)
    sought = sentence.casefold().split()
    matches = []
    for language in languages or LANGUAGES:
        catalogue = spoken(language)
        matches += [
            (key, language, text)
            for key, text in catalogue.items()
            if key == sentence or all(word in text.casefold() for word in sought)
        ]
        if sought:
            fitting = companion("e2e.engine.texts").Labels(language, language, {language: catalogue}).fitting(sentence)
            matches += [(key, language, catalogue[key]) for key in fitting]
    for key, language, text in sorted(dict.fromkeys(matches)):
        click.echo("\t".join((key, language, " ".join(text.split()))))
    if not matches:
        fail(f"No text has the words {sentence!r}.")
    sys.exit(0)
