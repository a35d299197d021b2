"""What a manual says: words in one or several languages, labels of the screen, and the variables in them."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, ValidationError, ValidationInfo, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

Language = Literal["nl", "nb", "sv", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

PERSON_FIELDS = ("email", "first_name", "last_name", "name", "password")
"""What a variable can say of a person: `{person.email}`, `{user.first_name}` …"""

_VARIABLE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_VARIABLE_NAME = re.compile(rf"[a-z][a-z0-9_]*\.({'|'.join(PERSON_FIELDS)})|code|number")


def refuse(expected: str, value: object, key: str | None = None) -> PydanticCustomError:
    """Make the one kind of error that this model raises itself.

    Args:
        expected: What may stand here, in words.
        value: What stands there.
        key: The key below the current place that is at fault, when it is one.
    """
    return PydanticCustomError(
        "expected",
        "expected {expected}, found {found}",
        {"expected": expected, "found": describe_value(value), "key": key},
    )


def describe_value(value: object) -> str:
    """Say what stands in the file in a few words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"{'true' if value else 'false'} (put true and false in quotes to mean words)"
    if isinstance(value, Mapping):
        return "a mapping with the keys " + ", ".join(str(key) for key in value) if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    text = str(value)
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"


def listed(names: object) -> str:
    """Write a list of names as prose: `a, b or c`."""
    words = [str(name) for name in names] if isinstance(names, list | tuple | set | dict) else [str(names)]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


class Strict(BaseModel):
    """A mapping of a manual file: unknown keys are refused, all of them, and the error lists those that exist."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _only_keys_of_the_format(cls, value: Any) -> Any:
        if isinstance(value, cls):
            return value
        names = [field.alias or name for name, field in cls.model_fields.items()]
        if not isinstance(value, dict):
            raise refuse(f"a mapping with the keys {listed(names)}", value)
        problems = [
            refuse(f"one of {', '.join(names)}", key, key=str(key))
            for key in value
            if key not in names and key not in cls.model_fields
        ]
        for key, field in cls.model_fields.items():
            name = field.alias or key
            if field.is_required() and name not in value and key not in value:
                problems.append(refuse(f"the key {name}", value, key=name))
        if problems:
            raise ValidationError.from_exception_data(
                cls.__name__, [InitErrorDetails(type=row, input=value) for row in problems]
            )
        return value


class Words(BaseModel):
    """A text in one language or several: a string, or a mapping from language to string.

    Attributes:
        by_language: Language → text; the key `*` stands for the language of the manual.
    """

    model_config = ConfigDict(frozen=True)
    by_language: dict[str, str]

    @model_validator(mode="before")
    @classmethod
    def _from_yaml(cls, value: Any) -> Any:
        if isinstance(value, cls):
            return value
        texts = value if isinstance(value, dict) else {"*": value}
        if not texts:
            raise refuse("a text, or a mapping from language to text", value)
        for language, text in texts.items():
            if language not in (*LANGUAGES, "*"):
                raise refuse(
                    f"a text, or a mapping with the languages {listed(LANGUAGES)}",
                    language,
                    key=str(language),
                )
            if not isinstance(text, str) or not text.strip():
                raise refuse("a text", text, key=None if language == "*" else str(language))
            check_variables(text)
        return {"by_language": texts}

    def in_language(self, language: str, source: str) -> str | None:
        """Give the text as written for one language, or None when nobody wrote one.

        Args:
            language: The language of the walk.
            source: The language of the manual.
        """
        if language in self.by_language:
            return self.by_language[language]
        return self.by_language.get("*") if language == source else None

    def source(self, source: str) -> str:
        """Give the text in the language of the manual."""
        own = self.in_language(source, source)
        return own if own is not None else next(iter(self.by_language.values()))

    def spoken(self, language: str, source: str) -> str:
        """Say in which language a walk gives the text: its own, or that of the manual."""
        return language if self.in_language(language, source) is not None else source

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        text = {"type": "string", "minLength": 1}
        return {
            "description": "A text, or a mapping from language to text.",
            "anyOf": [
                text,
                {
                    "type": "object",
                    "properties": {language: text for language in LANGUAGES},
                    "additionalProperties": False,
                    "minProperties": 1,
                },
            ],
        }


class Label(BaseModel):
    """Something printed on the screen, as the reader sees it there.

    Attributes:
        text: The words, literal.
        key: The text key, for a label that several keys carry.
    """

    model_config = ConfigDict(frozen=True)
    text: Words
    key: str | None = Field(default=None)

    @model_validator(mode="before")
    @classmethod
    def _from_yaml(cls, value: Any) -> Any:
        if isinstance(value, cls):
            return value
        if isinstance(value, dict) and "text" in value:
            for name in value:
                if name not in ("text", "key"):
                    raise refuse("one of text, key", name, key=str(name))
            if "key" in value and not isinstance(value["key"], str):
                raise refuse("a text key", value["key"], key="key")
            return value
        return {"text": value}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        words = Words.__get_pydantic_json_schema__(schema, handler)
        named = {
            "type": "object",
            "properties": {"text": words, "key": {"type": "string"}},
            "required": ["text"],
            "additionalProperties": False,
        }
        return {"description": "A label of the screen.", "anyOf": [*words["anyOf"], named]}


def check_variables(text: str) -> None:
    """Refuse a variable that does not exist.

    Raises:
        PydanticCustomError: With the variables there are.
    """
    for match in _VARIABLE.finditer(text):
        whole, name = match.group(0), match.group(1)
        if whole in ("{{", "}}"):
            continue
        if name is None or not _VARIABLE_NAME.fullmatch(name):
            fields = listed([f"{{person.{field}}}" for field in PERSON_FIELDS])
            raise refuse(
                f"{fields}, the same of another person of the cast ({{user.email}}), {{code}}, {{number}},"
                " or a brace written twice",
                whole,
            )


def variables_in(text: str) -> list[str]:
    """List the names of the variables of a text: `person.email`, `code`."""
    return [match.group(1) for match in _VARIABLE.finditer(text) if match.group(1)]


def fill_variables(text: str, value_of: Callable[[str], str]) -> str:
    """Replace the variables of a text.

    Args:
        text: `Dear {person.first_name}`; `{{` is a brace.
        value_of: Gives the value of a name such as `person.first_name`.
    """

    def replaced(match: re.Match[str]) -> str:
        if match.group(0) in ("{{", "}}"):
            return match.group(0)[0]
        return value_of(match.group(1)) if match.group(1) else match.group(0)

    return _VARIABLE.sub(replaced, text)


def replace_variables(text: str, values: Mapping[str, object]) -> str:
    """Replace variables by values, and leave all others as they are.

    Args:
        text: `The invoice {invoice} of {leaver.name}`.
        values: Name → value; `{leaver.name}` becomes `{user.name}` when the value of `leaver` is `user`.
    """

    def replaced(match: re.Match[str]) -> str:
        name, dot, field = (match.group(1) or "").partition(".")
        if name not in values:
            return match.group(0)
        return f"{{{values[name]}.{field}}}" if dot else str(values[name])

    return _VARIABLE.sub(replaced, text)


def written_day(day: date, language: str) -> str:
    """Write a day as people write it in a language, and the platform reads it: nl `27-3-22`, nb `27.03.2022`, sv `2022-03-27`."""
    if language == "nl":
        return f"{day.day}-{day.month}-{day:%y}"
    return day.strftime({"nb": "%d.%m.%Y", "en": "%d/%m/%Y"}.get(language, "%Y-%m-%d"))


def by_variant(kind: str, words: frozenset[str]) -> Callable[[Any, ValidationInfo], Any]:
    """Make a validator that reads `x`, `[x, y]` or `{variant: x or [x, y]}` into `{variant: [x, …]}`.

    What holds for every variant stands under `*`.

    Args:
        kind: What one of the things is called, for the error.
        words: Keys that one thing can start with: a mapping with such a key is never a list of variants.
    """

    def read(value: Any, info: ValidationInfo) -> Any:
        names: tuple[str, ...] = tuple((info.context or {}).get("variants", ()))
        if value is None:
            raise refuse(f"{kind}, or a list of them", value)
        if not isinstance(value, dict):
            return {"*": value if isinstance(value, list) else [value]}
        if set(value) == {"*"} and isinstance(value["*"], list):
            return value
        if words & set(value) or not set(value) & set(names):
            return {"*": [value]}
        for name in value:
            if name not in names:
                raise refuse(f"a variant of this manual ({listed(names)})", name, key=str(name))
        return {name: item if isinstance(item, list) else [item] for name, item in value.items()}

    return read
