"""JSON from outside is read as RFC 8259 says, or refused."""

import pytest

from simulator.web.bodies import NotJson, read_json


@pytest.mark.parametrize("raw", [b'{"a": [1, 2.5, null, "\xc3\xa5"]}', b'\xef\xbb\xbf{"a": [1, 2.5, null, "\\u00e5"]}'])
def test_json_is_read(raw: bytes) -> None:
    assert read_json(raw) == {"a": [1, 2.5, None, "\u00e5"]}


@pytest.mark.parametrize(
    "raw",
    [
        b"NaN", b'{"a": Infinity}', b"-Infinity", b"1e999", b"9" * 5000, b'{"a": 1, "a": 2}', b'[{"a": {"b": 1, "b": 1}}]',
        b'"\\ud800"', b'{"\\udfff": 1}', b"[" * 100_000, b'{"a":' * 50_000, b'"\xff"', "{}".encode("utf-16"),
        "{}".encode("utf-32"), b"\xed\xa0\x80", b"{'a': 1}", b"[1,]", b"01", b"", b"\x00",
    ],
    ids=range(20),
)  # fmt: skip
def test_other_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(NotJson):
        read_json(raw)
