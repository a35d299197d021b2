"""The JSON Schemas of manuals and exercises, so that editors complete and check one while it is written.

`python -m e2e.engine.schema` writes them anew after the model changed.
"""

import json
from pathlib import Path
from typing import Any

from .exercise import FOLDER as EXERCISES
from .exercise import Exercise
from .model import Manual
from .targets import POSITIONS, RELATIONS

SCHEMA_FILE = Path(__file__).resolve().parent.parent / "manuals" / "schema.json"
EXERCISE_SCHEMA_FILE = EXERCISES / "schema.json"

_SHORT_FORMS = {
    "Press": "A key of the keyboard, such as Enter.",
    "SignIn": "A key of the cast.",
    "ReadMail": "A key of the cast or an address.",
    "FollowLink": "The text of the link.",
    "EnterCode": "A key of the cast.",
}


def manual_schema() -> dict[str, Any]:
    """Make the JSON Schema of a manual as it is written (the model holds it in one uniform shape)."""
    return _as_written(Manual.model_json_schema(by_alias=True), "Manual")


def exercise_schema() -> dict[str, Any]:
    """Make the JSON Schema of an exercise as it is written."""
    return _as_written(Exercise.model_json_schema(by_alias=True), "Exercise")


def _as_written(schema: dict[str, Any], title: str) -> dict[str, Any]:
    definitions = schema["$defs"]
    step = definitions["Step"]["properties"]
    for key in ("do", "see", "then"):
        items = step[key]["additionalProperties"]["items"]
        single_or_list = {"anyOf": [items, {"type": "array", "items": items}]}
        by_variant = {"type": "object", "additionalProperties": single_or_list}
        step[key] = {"anyOf": [*single_or_list["anyOf"], by_variant]}
    for name, description in _SHORT_FORMS.items():
        definitions[name] = {"anyOf": [{"type": "string", "description": description}, definitions[name]]}
    definitions["Action"]["anyOf"] = [
        {"enum": ["sign_in", "read_mail", "enter_code"]},
        {"type": "object", "minProperties": 1, "maxProperties": 1},
    ]
    del definitions["Action"]["type"]
    for word in ("sign_in", "read_mail", "enter_code"):
        definitions["Action"]["properties"][word] = {"anyOf": definitions["Action"]["properties"][word]["anyOf"]}
    definitions["Position"] = {
        "anyOf": [
            {"enum": list(POSITIONS)},
            {"type": "string", "pattern": f"^({'|'.join(RELATIONS)}) .+"},
            {
                "type": "object",
                "properties": {relation: {"$ref": "#/$defs/Label"} for relation in RELATIONS},
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": 1,
            },
        ]
    }
    for definition in definitions.values():
        for key, properties in _single_forms(definition):
            properties[key] = {"anyOf": [properties[key]["items"], properties[key]]}
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = title
    return dict(schema)


def _single_forms(definition: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Find the lists of a definition that may be written as one thing: places and options."""
    branches = [definition, *definition.get("anyOf", [])]
    forms = []
    for branch in branches:
        properties = branch.get("properties", {})
        for key in ("place", "option"):
            if properties.get(key, {}).get("type") == "array":
                forms.append((key, properties))
    return forms


def schema_text(schema: dict[str, Any]) -> str:
    """Write a JSON Schema as it stands in its file."""
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(manual_schema()), encoding="utf-8")
    EXERCISE_SCHEMA_FILE.write_text(schema_text(exercise_schema()), encoding="utf-8")
