"""One thing has one word in all texts: the words that ``docs/words.md`` refuses are in none; labels come from their own key."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
from babel.messages.pofile import read_po
from pydantic import BaseModel

from e2e.engine.exercise import load as load_exercises
from e2e.engine.model import Step
from e2e.engine.words import Words as Texts
from seed.catalogue import list_scenarios
from simulator.cli import cli
from simulator.core.texts import LABEL, LANGUAGES, catalogue

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "words.md"
TRANSLATIONS = ROOT / "simulator" / "translations"
LONGEST_LABEL = 6
"""Words of the longest label that is looked for inside of texts."""


@dataclass(frozen=True)
class Words:
    """What the page says for one language: words, refused words with the word to use, and the exceptions (text, word)."""

    used: tuple[str, ...]
    refused: dict[str, str]
    exceptions: frozenset[tuple[str, str]]


def rows(section: str) -> list[list[str]]:
    """Return the cells of a table's rows, without its head."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@cache
def words(language: str) -> Words:
    """Read the list of a language from the page."""
    section = re.search(
        rf"^## .*\({language}\)$(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert section, f"docs/words.md has no list for {language}"
    table, _, exceptions = section[1].partition("\n### ")
    return Words(
        tuple(word for row in rows(table) for word in row[1].split(", ")),
        {refused: row[1] for row in rows(table) for refused in row[2].split(", ")},
        frozenset((row[0].strip("`"), row[1]) for row in rows(exceptions)),
    )


def pattern(refused: str) -> re.Pattern[str]:
    """Return what finds a refused word: whole, with ``*`` for more letters, in any case unless it has a capital."""
    body = r"\w*".join(re.escape(part) for part in refused.split("*"))
    return re.compile(rf"(?<![\w-]){body}(?![\w-])", 0 if refused != refused.lower() else re.IGNORECASE)


@cache
def raw_texts(language: str) -> dict[str, str]:
    """Return the texts of a language as translators wrote them."""
    texts: dict[str, str] = {}
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        with path.open("rb") as file:
            texts |= {str(message.id): str(message.string) for message in read_po(file, locale=language) if message.id}
    return texts


def own_words(text: str) -> str:
    """Return a text without what stands in it for values and labels."""
    return re.sub(r"%\(\w+\)[a-z]", "%", LABEL.sub("%", text))


def refused_words(language: str, texts: dict[str, str]) -> set[tuple[str, str]]:
    """Return (text, refused word) for all that a list refuses, also its exceptions."""
    patterns = {refused: pattern(refused) for refused in words(language).refused}
    any_of_them = re.compile("|".join(expression.pattern for expression in patterns.values()), re.IGNORECASE)
    suspects = {key: own_words(text) for key, text in texts.items() if any_of_them.search(own_words(text))}
    return {
        (key, refused)
        for key, text in suspects.items()
        for refused, expression in patterns.items()
        if expression.search(text)
    }


def better(language: str, hits: set[tuple[str, str]]) -> str:
    """Say for each hit which word to use."""
    use = words(language).refused
    return "See docs/words.md:\n" + "\n".join(f"{key}: “{word}”, say “{use[word]}”" for key, word in sorted(hits))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_has_a_word_that_the_list_refuses(language: str) -> None:
    hits = refused_words(language, raw_texts(language)) - words(language).exceptions
    assert not hits, better(language, hits)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_exception_is_still_needed(language: str) -> None:
    assert words(language).exceptions - refused_words(language, raw_texts(language)) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_list_is_in_a_text(language: str) -> None:
    everything = "\n".join(catalogue(language).values()).lower()
    assert [word for word in words(language).used if word.lower() not in everything] == []


def test_fidelity_statements_use_the_words_of_the_english_list() -> None:
    texts = {
        f"{path.parent.name}, {section['manual']}, {section['section']}": section.get("reason", "")
        for path in sorted((ROOT / "simulator").rglob("fidelity.toml"))
        for section in tomllib.loads(path.read_text(encoding="utf-8"))["section"]
    }
    hits = refused_words("en", texts)
    assert not hits, better("en", hits)


@pytest.mark.parametrize("language", LANGUAGES)
def test_scenarios_use_the_words_of_the_list(language: str) -> None:
    texts = {summary["name"]: summary["titles"].get(language, "") for summary in list_scenarios()}
    if language == "en":
        texts = {summary["name"]: f"{summary['title']}\n{summary['description']}" for summary in list_scenarios()}
    hits = refused_words(language, texts)
    assert not hits, better(language, hits)


@pytest.mark.parametrize("language", LANGUAGES)
def test_exercises_use_the_words_of_the_list(language: str) -> None:
    texts = {
        f"{exercise.id}, {number}": without_labels(said.by_language.get(language, ""))
        for exercise in load_exercises().values()
        for number, said in enumerate(texts_in(exercise))
    }
    hits = refused_words(language, texts)
    assert not hits, better(language, hits)


def texts_in(part: Any) -> Iterator[Texts]:
    """Yield all texts of an exercise."""
    if isinstance(part, Texts):
        yield part
    elif isinstance(part, Step):
        yield from texts_in([part.tell, part.hint])
    elif isinstance(part, BaseModel):
        yield from texts_in(list(part.__dict__.values()))
    elif isinstance(part, list):
        for item in part:
            yield from texts_in(item)


def without_labels(text: str) -> str:
    """Return a text of an exercise without labels of the screen, variables and addresses."""
    return re.sub(r"\*\*.*?\*\*|\{.*?\}|\S+@\S+", "%", text)


def test_the_command_line_uses_the_words_of_the_english_list() -> None:
    texts = dict(helps(cli, click.Context(cli, info_name="vnsim")))
    assert len(texts) > 20, "commands are missing"
    hits = refused_words("en", texts)
    assert not hits, better("en", hits)


def helps(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """Yield (command and option, what its help says) for a command and those below it."""
    yield context.command_path, command.help or ""
    for parameter in command.params:
        yield f"{context.command_path} {parameter.name}", getattr(parameter, "help", None) or ""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from helps(below, click.Context(below, parent=context, info_name=name))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_strong_label_is_taken_from_its_key(language: str) -> None:
    literal = {
        f"{key}: {label}"
        for key, text in raw_texts(language).items()
        for label in re.findall(r"\*\*(.+?)\*\*", text)
        if not re.fullmatch(r"\{[\w.]+\}|%\(\w+\)s|7|INV", label)
    }
    assert not literal, "name the label by its key: {the.key}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_inside_a_sentence_is_taken_from_its_key(language: str) -> None:
    texts = raw_texts(language)
    labels = {text for key, text in texts.items() if is_label(key, text)}
    literal = {f"{key}: {label}" for key, text in texts.items() for label in labels if label != text and names(text, label)}
    assert not literal, "name the label by its key: {the.key}"


def is_label(key: str, text: str) -> bool:
    """Return whether a text is a label of several words, and neither a name in all languages nor begun by an abbreviation."""
    several = text[:1].isupper() and not text[:2].isupper() and text[-1] not in ".!:" and "%" not in text
    return (
        several
        and (2 <= len(text.split()) <= LONGEST_LABEL or text.endswith("?"))
        and len({catalogue(language)[key] for language in LANGUAGES}) > 1
    )


def names(text: str, label: str) -> bool:
    """Return whether a label is in a text with its capital, elsewhere than where a sentence begins."""
    start = text.find(label)
    before = text[:start].rstrip(" “‘«”*\n") if start > 0 else ""
    whole = not text[start + len(label) : start + len(label) + 1].isalnum() and not text[start - 1 : start].isalnum()
    return bool(before) and before[-1] not in ".!?:" and whole


@pytest.mark.parametrize(
    ("refused", "text", "matches"),
    [
        ("mail", "by e-mail", False),
        ("mail", "a Mail, please", True),
        ("*mail", "De activeringsmail", True),
        ("SMS", "per sms", False),
        ("SMS", "per SMS", True),
        ("nødkode*", "med nødkoden", True),
        ("state", "%(state)s", False),
    ],
)
def test_the_list_is_read_as_the_page_says(refused: str, text: str, matches: bool) -> None:
    assert bool(pattern(refused).search(own_words(text))) is matches
