"""Requests as an HTTP Archive, which the network panels of browsers open.

Source: HAR 1.2. Own choice: no headers and no times, because they are not written down; ``_person``, ``_endpoint`` and ``_faults``
are ours.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote

from simulator import __version__

MEDIA_TYPE = "application/json"


def archive(requests: Sequence[Mapping[str, Any]], base_address: str) -> dict[str, Any]:
    """Return an archive.

    Args:
        requests: the requests, oldest first.
        base_address: the sandbox's address, without a closing slash.
    """
    creator = {"name": "vnsim", "version": __version__}
    return {
        "log": {"version": "1.2", "creator": creator, "entries": [_entry(request, base_address) for request in requests]}
    }


def _entry(request: Mapping[str, Any], base_address: str) -> dict[str, Any]:
    query = request["query"]
    return {
        "startedDateTime": request["at"],
        "time": 0,
        "request": {
            "method": request["method"],
            "url": base_address + quote(request["path"], "/:@!$&'()*+,;=~") + (f"?{query}" if query else ""),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [],
            "queryString": [{"name": name, "value": value} for name, value in parse_qsl(query, keep_blank_values=True)],
            "headersSize": -1,
            "bodySize": -1,
        }
        | ({"postData": _body(request)} if request["body"] is not None else {}),
        "response": {
            "status": request["status"],
            "statusText": _phrase(request["status"]),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [],
            "content": {"size": request["size"] or 0, "mimeType": request["answer_type"] or ""}
            | ({"text": _json(request["answer"])} if request["answer"] is not None else {}),
            "redirectURL": request["location"] or "",
            "headersSize": -1,
            "bodySize": request["size"] or 0,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "_person": request["person"],
        "_endpoint": request["endpoint"],
        "_faults": request["faults"],
    }


def _body(request: Mapping[str, Any]) -> dict[str, Any]:
    media_type, body = request["media_type"] or "", request["body"]
    if media_type == MEDIA_TYPE or media_type.endswith("+json"):
        return {"mimeType": media_type, "text": _json(body)}
    params = [
        {"name": name, "fileName": value["file"] or ""} if isinstance(value, dict) else {"name": name, "value": str(value)}
        for name, values in body.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return {"mimeType": media_type, "params": params}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
