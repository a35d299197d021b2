"""Texts of the screens as source code: a constant for each, and a function for each that has placeholders.

Own choice: the names are the keys, the same in both languages; one with placeholders is a function of their values, because a page
object looks for what stands on the page. A sentence that a value with a full stop ends gets no second one, as on the page.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from keyword import iskeyword

PLACEHOLDER = re.compile(r"%\((\w+)\)([sd])")
"""Name and kind of a value: anything, or a number."""
STRONG = "**"
RESERVED = frozenset(
    {"default", "delete", "enum", "export", "function", "new", "null", "switch", "this", "typeof", "var", "void"}
)
"""Words that no function of TypeScript may be called, and Python knows as no keywords."""

PYTHON = '''"""What the screens say in the language {language}, by the keys of the texts; written by vnsim {release}."""

import re as _re

_END = _re.compile(r"(%\\(\\w+\\)[sd])\\.(?!\\.)")


def _filled(template: str, values: dict[str, object]) -> str:
    def end(match: "_re.Match[str]") -> str:
        return match[1] if (match[1] % values).endswith(".") else match[0]

    return _END.sub(end, template) % values
'''
TYPESCRIPT = """// What the screens say in the language {language}, by the keys of the texts; written by vnsim {release}.

type Value = string | number;

function filled(template: string, values: Record<string, Value>): string {{
  return template.replace(/%\\((\\w+)\\)[sd](\\.(?!\\.))?|%%/g, (match, name, stop = "") => {{
    if (name === undefined) return "%";
    const value = String(values[name]);
    return value.endsWith(".") ? value : value + stop;
  }});
}}
"""


def python(language: str, release: str, texts: Mapping[str, str]) -> str:
    """Return a module of Python.

    Args:
        language: two letters.
        release: what the texts are of.
        texts: key → text with its placeholders.
    """
    parts = [PYTHON.replace("{language}", language).replace("{release}", release)]
    names = _names(texts)
    for key, text in sorted(texts.items()):
        values = _placeholders(text)
        if not values:
            parts.append(f'{names[key]} = {json.dumps(_plain(text), ensure_ascii=False)}\n"""{key}"""\n')
            continue
        arguments = {value: f"{value}_" if iskeyword(value) else value for value in values}
        types = {"s": "object", "d": "int"}
        declared = ", ".join(f"{arguments[value]}: {types[kind]}" for value, kind in values.items())
        passed = ", ".join(f'"{value}": {argument}' for value, argument in arguments.items())
        parts.append(
            f'\ndef {names[key]}(*, {declared}) -> str:\n    """{key}"""\n'
            f"    return _filled({json.dumps(_plain(text), ensure_ascii=False)}, {{{passed}}})\n\n"
        )
    return "\n".join(parts)


def typescript(language: str, release: str, texts: Mapping[str, str]) -> str:
    """Return a module of TypeScript; see ``python``."""
    parts = [TYPESCRIPT.format(language=language, release=release)]
    names = _names(texts)
    for key, text in sorted(texts.items()):
        content, values = json.dumps(_plain(text), ensure_ascii=False), _placeholders(text)
        if not values:
            parts.append(f"/** {key} */\nexport const {names[key]} = {content};\n")
            continue
        types = {"s": "Value", "d": "number"}
        fields = "; ".join(f"{value}: {types[kind]}" for value, kind in values.items())
        parts.append(
            f"/** {key} */\nexport function {names[key]}(values: {{ {fields} }}): string {{\n"
            f"  return filled({content}, values);\n}}\n"
        )
    return "\n".join(parts)


def _names(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the name of each key; of keys that would have one name, dots are two underscores."""
    short = {key: _name(key, "_", text) for key, text in texts.items()}
    times = Counter(short.values())
    return {key: name if times[name] == 1 else _name(key, "__", texts[key]) for key, name in short.items()}


def _name(key: str, dot: str, text: str) -> str:
    name = re.sub(r"\W", "_", key.replace(".", dot))
    name = name.lower() if _placeholders(text) else name.upper()
    name = f"_{name}" if name[0].isdigit() else name
    return f"{name}_" if iskeyword(name) or name in RESERVED else name


def _placeholders(text: str) -> dict[str, str]:
    return dict(PLACEHOLDER.findall(text))


def _plain(text: str) -> str:
    """Return a text without the marks of strong words, which no page shows."""
    return text.replace(STRONG, "")
