"""Writes the JSON Schema of scenario files: ``python -m seed.schema``."""

import json

from .cache import HERE
from .model import json_schema

PATH = HERE / "scenario.schema.json"


def text() -> str:
    """Return the schema as the file holds it."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8", newline="\n")
