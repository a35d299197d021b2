"""What opens something is not written down: its value is replaced by its length, by the name of its field or by its form.

Own choice: rather a value too many than one that opens something, so names count whole or by how they end, in any spelling.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote

from simulator.core import seals

LONGEST_VALUE = 300
"""Characters of a value; longer ones are cut off."""
MOST_VALUES = 50
"""Own choice: fields of a form or object, and entries of a list."""

NAMES = frozenset(
    (
        "assertion",
        "authcode",
        "authorization",
        "clientassertion",
        "code",
        "codeverifier",
        "cookie",
        "credential",
        "emergencycode",
        "idtokenhint",
        "join",
        "key",
        "otp",
        "pin",
        "repeated",
        "sid",
        "totp",
    )
)
"""Fields and parameters whose values open something, in small letters without dashes."""
ENDINGS = ("apikey", "passcode", "password", "secret", "token")
"""How the names of others end."""

_SEALED = re.compile(rf"[^/\s]+{re.escape(seals.SEPARATOR)}[\w-]{{{seals.LENGTH}}}")
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
_JOIN_KEY = re.compile(r"/~[^/?#\s\"']+")
_SAFE = "/:@,+!$'()*~"


def is_secret(name: str) -> bool:
    """Return whether a field or parameter of this name has a value that opens something."""
    plain = name.casefold().replace("_", "").replace("-", "").removesuffix("[]")
    return plain in NAMES or plain.endswith(ENDINGS)


def length_only(value: str) -> str:
    """Return what stands for a secret: its length in brackets, as ``(22)``."""
    return f"({len(value)})"


def visible_text(value: str) -> str:
    """Return a text without what opens something by its form: seals, tokens, join keys, and the secrets of an address."""
    if _SEALED.fullmatch(value):
        return length_only(value)
    head, mark, query = value.partition("?")
    if mark and "=" in query and " " not in value:
        value = f"{visible_path(head)}?{visible_query(query)}"
    value = _JWT.sub(lambda match: length_only(match[0]), _JOIN_KEY.sub("/~", value))
    return value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "…"


def visible_path(path: str, secrets: tuple[str, ...] = ()) -> str:
    """Return a path whose segments open nothing.

    Args:
        path: the path.
        secrets: the segments that open something, as far as its route says so.
    """
    return "/".join(
        length_only(part) if part in secrets or _SEALED.fullmatch(part) else "~" if part[:1] == "~" else part
        for part in path.split("/")
    )


def visible_query(query: str) -> str:
    """Return a query string without its question mark, with the values of its secrets replaced."""
    pairs = parse_qsl(query, keep_blank_values=True)[:MOST_VALUES]
    return "&".join(f"{quote(name, _SAFE)}={quote(visible(name, value), _SAFE)}" for name, value in pairs)


def visible(name: str, value: str) -> str:
    """Return the value of a field or parameter, or what stands for it."""
    return length_only(value) if is_secret(name) else visible_text(value)


def visible_json(value: Any, name: str = "") -> Any:
    """Return a value of JSON with all its secrets replaced, and its texts and lists cut off.

    Raises:
        RecursionError: it is nested too deeply.
    """
    if isinstance(value, Mapping):
        return {str(key)[:100]: visible_json(inner, str(key)) for key, inner in list(value.items())[:MOST_VALUES]}
    if isinstance(value, list):
        return [visible_json(inner, name) for inner in value[:MOST_VALUES]]
    if isinstance(value, str):
        return visible(name, value)
    return length_only(str(value)) if is_secret(name) and value not in (None, True, False) else value
