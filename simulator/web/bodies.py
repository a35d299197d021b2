"""JSON that came in from outside. Own choice: what JSON itself does not know, such as NaN, is refused."""

import json
from typing import Any


class NotJson(ValueError):
    """Bytes are no JSON, or none that can be kept; the text is the reason, to stand behind a colon."""


def read_json(raw: bytes | str) -> Any:
    """Read JSON.

    Raises:
        NotJson: it is none, is nested too deeply, names a member twice, or holds half characters or numbers without end, which no
            answer could hold.
    """
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw
        value = json.loads(text, parse_constant=_no_number, object_pairs_hook=_object)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise NotJson("it is nested too deeply") from None
    except ValueError as error:
        raise NotJson(str(error)) from None
    return value


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(members)
    if len(content) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object has {twice[:60]!r} twice")
    return content


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not a number")
