"""JSON that came in from outside. Own choice: what JSON itself does not know, such as NaN, is refused."""

import json
from typing import Any


class NotJson(ValueError):
    """Bytes are no JSON, or none that can be kept; the text is the reason, to stand behind a colon."""


def read_json(raw: bytes | str) -> Any:
    """Read JSON.

    Raises:
        NotJson: it is none, is nested too deeply, or holds half characters, which no answer could hold.
    """
    try:
        value = json.loads(raw, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise NotJson("it is nested too deeply") from None
    except ValueError as error:
        raise NotJson(str(error)) from None
    return value


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not a number")
