"""Mailpit's searches: words, quoted phrases, and terms with a prefix, each of which ``-`` or ``!`` before it turns round.

Source: Mailpit 1.30, ``storage/search.go`` and its page on search filters. A date that cannot be read is passed over, as there.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from simulator.products.mailpit.mailbox import Mail, plain

Test = Callable[[Mail], bool]

LONGEST = 1000
ADDRESSED = ("To", "From", "Cc", "Bcc", "ReplyTo")
LISTS = {
    "to": ("To",),
    "from": ("From",),
    "cc": ("Cc",),
    "bcc": ("Bcc",),
    "reply-to": ("ReplyTo",),
    "addressed": ADDRESSED,
}
"""Prefix → the lists of addresses that it looks into."""

STATES: dict[str, Test] = {
    "is:read": lambda mail: mail.is_read,
    "is:unread": lambda mail: not mail.is_read,
    "is:tagged": lambda mail: bool(mail.tags),
    "has:attachment": lambda mail: bool(mail.message.attachments),
    "has:attachments": lambda mail: bool(mail.message.attachments),
    "has:inline": lambda mail: bool(mail.full()["Inline"]),
    "has:inlines": lambda mail: bool(mail.full()["Inline"]),
}

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s?(|k|kb|m|mb)")
_UNITS = {"": 1, "k": 1024, "kb": 1024, "m": 1024 * 1024, "mb": 1024 * 1024}


def matching(mails: Iterable[Mail], query: str, zone: tzinfo) -> list[Mail]:
    """Return the mails that a search matches, in their order.

    Args:
        mails: the mails to look through.
        query: what is searched.
        zone: the time zone of dates without one.
    """
    tests = [test for term in terms(query[:LONGEST]) if (test := _test(term, zone)) is not None]
    return [mail for mail in mails if all(test(mail) for test in tests)]


def terms(query: str) -> list[str]:
    """Split a search at blanks outside quotation marks, which are left out."""
    split, term, quoted = [], "", False
    for character in query:
        if character == '"':
            quoted = not quoted
        elif character == " " and not quoted:
            split.append(term)
            term = ""
        else:
            term += character
    return [text for text in map(str.strip, [*split, term]) if text]


def time_zone(name: str | None, otherwise: tzinfo) -> tzinfo:
    """Return the time zone of a name, or another one when there is none of that name."""
    try:
        return ZoneInfo(name) if name else otherwise
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return otherwise


def instant(text: str, zone: tzinfo) -> datetime | None:
    """Return the instant that a date, with or without a time, names; None when it is none."""
    try:
        read = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        return None
    try:
        return read if read.tzinfo is not None else read.replace(tzinfo=zone).astimezone(zone)
    except (OverflowError, ValueError):
        return None


def _test(term: str, zone: tzinfo) -> Test | None:
    """Return what a term asks of a mail; None when it asks nothing."""
    excludes = len(term) > 1 and term[0] in "-!"
    test = _positive(term[1:] if excludes else term, zone)
    if test is None or not excludes:
        return test
    return lambda mail: not test(mail)


def _positive(term: str, zone: tzinfo) -> Test | None:
    if term.lower() in STATES:
        return STATES[term.lower()]
    prefix, colon, value = term.partition(":")
    prefix = prefix.lower() if colon else ""
    if prefix == "subject":
        return (lambda mail: value.lower() in mail.message.subject.lower()) if value else None
    needle = plain(value)
    if prefix in LISTS:
        return (lambda mail: _addresses_have(mail, LISTS[prefix], needle)) if needle else None
    if prefix == "message-id":
        return (lambda mail: needle in mail.message.message_id.lower()) if needle else None
    if prefix == "tag":
        return (lambda mail: needle in (tag.lower() for tag in mail.tags)) if needle else None
    if prefix in ("after", "before"):
        bound = instant(value, zone)
        return _of_time(prefix, bound) if bound is not None else None
    size = _size(value) if prefix in ("larger", "smaller") else None
    if size:
        return (lambda mail: mail.size > size) if prefix == "larger" else (lambda mail: mail.size < size)
    text = plain(term)
    return (lambda mail: text in mail.search_text) if text else None


def _of_time(prefix: str, bound: datetime) -> Test:
    """Return the test of a bound; Mailpit counts in milliseconds."""
    if prefix == "after":
        return lambda mail: mail.message.sent_at >= bound
    return lambda mail: mail.message.sent_at < bound + timedelta(milliseconds=1)


def _addresses_have(mail: Mail, lists: tuple[str, ...], needle: str) -> bool:
    return any(
        needle in plain(entry["Name"]) or needle in entry["Address"].lower()
        for name in lists
        for entry in mail.addresses[name]
    )


def _size(text: str) -> int | None:
    """Return the bytes that a size such as ``2kb`` or ``1.5M`` says."""
    match = _SIZE.fullmatch(text.strip().lower())
    return int(float(match[1]) * _UNITS[match[2]]) if match is not None and len(match[1]) < 20 else None
