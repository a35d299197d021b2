"""``vnsim texts``: the keys of what the screens say, for the ``key:`` of manuals and for page objects."""

import sys

import click

from simulator.commands.options import fail, option


@click.command("texts")
@click.argument("words", metavar="[WORDS]...", nargs=-1)
@option(
    "--language", "languages", multiple=True, help="nl, nb, sv or en; all of them when left out. May be given several times."
)
@option("--python", "as_python", is_flag=True, help="Print a module of Python with a constant for each, for page objects.")
@option("--typescript", "as_typescript", is_flag=True, help="The same in TypeScript.")
def texts(words: tuple[str, ...], languages: tuple[str, ...], as_python: bool, as_typescript: bool) -> None:
    """List the texts of the screens that have all of the words, with their keys: key, language, text.

    A whole sentence finds its text also when a name or a number is filled in. Exit code 1 when there is no such text.
    """
    from simulator.core.companions import companion
    from simulator.core.texts import LANGUAGES, spoken

    for language in languages:
        if language not in LANGUAGES:
            fail(f"There is no language {language!r}: choose {', '.join(LANGUAGES)}.")
    if (as_python or as_typescript) and (len(languages) != 1 or as_python == as_typescript):
        fail("Constants are of one language, in Python or TypeScript: vnsim texts --language nb --python.")
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
    if matches and (as_python or as_typescript):
        from simulator import __version__
        from simulator.commands.constants import python, typescript

        write = python if as_python else typescript
        click.echo(write(languages[0], __version__, {key: text for key, _, text in matches}), nl=False)
        return
    for key, language, text in sorted(dict.fromkeys(matches)):
        click.echo("\t".join((key, language, " ".join(text.split()))))
    if not matches:
        fail(f"No text has the words {sentence!r}.")
    sys.exit(0)
