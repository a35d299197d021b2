"""Mail that the application under test sends, through SMTP or the Mailpit interface: read, and stored as it came.

A mail that is not as it should be is stored all the same, with what can be read of it: whoever tests mail wants to see it.
Source: RFC 5322 for headers, RFC 2045 to 2047 for parts and encoded words. Own choice: a code is a number of four to eight digits.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import cast

from sqlalchemy import select

from simulator.core import faults, outbox
from simulator.core.database import single_line
from simulator.core.outbox import Message, Original, PersonalMail, ReceivedMail
from simulator.core.sandbox import Db

RECEIVE = "smtp.receive"
faults.declare(
    RECEIVE,
    "A program sends a mail by SMTP.",
    later="It is refused for now with 451; whoever sends it tries again.",
    refused="It is refused for good with 550.",
)

LARGEST = 20 * 1024 * 1024
"""Bytes of a mail."""
MOST_RECIPIENTS = 100
"""Source: RFC 5321, section 4.5.3.1.8, the least that a server has to take."""
LONGEST_ADDRESS = 254
LONGEST_LINE = 998
MOST_LINKS = 50

ADDRESS_HEADERS = {"From": "From", "To": "To", "Cc": "Cc", "Bcc": "Bcc", "ReplyTo": "Reply-To"}
"""Lists of addresses by the names that Mailpit gives them."""

_LINK = re.compile(r"https?://[^\s<>\"']+")
_CODE = re.compile(r"(?<![\w.,:/+-])\d{4,8}(?![\w:/+-]|[.,]\d)")
_HIDDEN = frozenset(("head", "script", "style", "title"))
_BREAKING = frozenset(("br", "p", "div", "tr", "td", "th", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol"))


def store(
    db: Db,
    content: bytes,
    *,
    sender: str | None = None,
    recipients: Sequence[str] = (),
    user_name: str | None = None,
) -> list[Message]:
    """Put a mail into the mailboxes of its recipients.

    Args:
        db: the transaction; if it is undone, the mail never came.
        content: the MIME message.
        sender: the envelope's sender; that of the header when None or empty.
        recipients: the envelope's recipients; those of the headers when empty.
        user_name: what the program signed in with.

    Returns:
        A message for each recipient; none when neither envelope nor headers have a recipient.
    """
    mail = message_from_bytes(content, policy=policy.default)
    addresses = {name: header_addresses(mail, header) for name, header in ADDRESS_HEADERS.items()}
    writers = addresses["From"]
    to = list(dict.fromkeys(recipients or [address for name in ("To", "Cc", "Bcc") for _, address in addresses[name]]))
    text, html = body(mail, "plain"), body(mail, "html")
    visible = text_of(html) if html is not None else ""
    said = text if text is not None else visible
    own = PersonalMail(
        sender=single_line((writers[0][1] if writers else "") or sender or "")[:LONGEST_ADDRESS],
        sender_name=(writers[0][0] if writers else "")[:LONGEST_LINE],
        to="",
        subject=header(mail, "Subject")[:LONGEST_LINE],
        text=said,
        language=db.head.language,
        files=[(name, kind, data) for name, kind, data in files(mail)],
        answers=_answered(db, header(mail, "In-Reply-To")),
    )
    links = [*(_hrefs(html) if html is not None else ()), *_LINK.findall(said)]
    received = ReceivedMail(
        original=Original(user_name=user_name, addresses=addresses, size=len(content), content=content),
        message_id=single_line(header(mail, "Message-ID")).strip("<> ")[:LONGEST_ADDRESS],
        html=html,
        links=list(dict.fromkeys(link.rstrip(".,;)") for link in links))[:MOST_LINKS],
        codes=list(dict.fromkeys(_CODE.findall(said)))[:MOST_LINKS],
    )
    return [outbox.write(db, replace(own, to=address), received) for address in to[:MOST_RECIPIENTS]]


def header(mail: EmailMessage, name: str) -> str:
    """Return a header decoded, in one line; as it was written when it cannot be decoded, and empty when it is missing."""
    try:
        value = str(mail.get(name, ""))
    except (ValueError, LookupError, AttributeError, TypeError):  # the parsers of email.headerregistry raise what they meet
        value = next((raw for key, raw in mail.raw_items() if key.lower() == name.lower()), "")
    return " ".join(value.encode(errors="replace").decode().split())


def header_addresses(mail: EmailMessage, name: str) -> list[list[str]]:
    """Return the addresses of a header, each as ``[name, address]``."""
    try:
        parsed = [
            (address.display_name, address.addr_spec) for value in mail.get_all(name, []) for address in value.addresses
        ]
    except (ValueError, LookupError, AttributeError, TypeError):
        raw = [value for key, value in mail.raw_items() if key.lower() == name.lower()]
        parsed = getaddresses(raw)
    lines = [[single_line(part.encode(errors="replace").decode()) for part in pair] for pair in parsed]
    return [[name, address] for name, address in lines if address or name]


def parts(mail: EmailMessage) -> Iterator[tuple[str, EmailMessage]]:
    """Yield the parts of a mail that hold content, each with its number, as ``2`` or ``1.2``."""
    yield from _parts(mail, "")


def _parts(part: EmailMessage, number: str) -> Iterator[tuple[str, EmailMessage]]:
    if part.get_content_maintype() != "multipart" or not isinstance(part.get_payload(), list):
        yield number or "1", part
        return
    for position, below in enumerate(cast(list[EmailMessage], part.get_payload()), 1):
        yield from _parts(below, f"{number}.{position}" if number else str(position))


def body(mail: EmailMessage, subtype: str) -> str | None:
    """Return the first text part of a kind that is no attachment, its lines ended alike; None when there is none."""
    for _, part in parts(mail):
        if part.get_content_type() == f"text/{subtype}" and not is_file(part):
            return text_content(part)
    return None


def files(mail: EmailMessage) -> Iterator[tuple[str, str, bytes]]:
    """Yield the files of a mail, attached or within the text: name, media type, content."""
    for number, part in parts(mail):
        if is_file(part):
            yield file_name(part) or f"part-{number}", part.get_content_type(), content_of(part)


def file_name(part: EmailMessage) -> str:
    """Return the name of a part's file in one line; empty when it has none."""
    try:
        name = part.get_filename("")
    except (ValueError, LookupError, AttributeError, TypeError):
        name = ""
    return single_line(name.encode(errors="replace").decode())[:255]


def content_of(part: EmailMessage) -> bytes:
    """Return the decoded content of a part."""
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    # A mail within the mail.
    return b"\r\n".join(inner.as_bytes() for inner in cast(list[EmailMessage], part.get_payload()))


def text_content(part: EmailMessage) -> str:
    """Return the text of a part; what its character set does not have becomes a question mark in a box."""
    try:
        text = content_of(part).decode(part.get_content_charset("utf-8"), errors="replace")
    except (LookupError, ValueError):
        text = content_of(part).decode(errors="replace")
    return text.replace("\r\n", "\n").replace("\0", "\ufffd")


def is_inline(part: EmailMessage) -> bool:
    """Return whether a file belongs into the text, such as a picture."""
    return part.get_content_disposition() == "inline" or (
        part.get_content_disposition() is None and part.get("Content-ID") is not None
    )


def is_file(part: EmailMessage) -> bool:
    """Return whether a part is a file, attached or within the text, and not a text to read."""
    return (
        part.get_content_disposition() == "attachment"
        or bool(file_name(part))
        or part.get_content_maintype() not in ("text", "multipart")
    )


def text_of(html: str) -> str:
    """Return what a reader of an HTML part sees, without its markup, a line for each block."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _hrefs(html: str) -> list[str]:
    reader = _Text()
    reader.feed(html)
    reader.close()
    return reader.links


class _Text(HTMLParser):
    """Collects the text and the web addresses of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.links: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link; begin a new line at a block."""
        if tag in _HIDDEN:
            self._hidden += 1
        if tag in _BREAKING:
            self.pieces.append("\n")
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value and _LINK.fullmatch(value)]

    def handle_endtag(self, tag: str) -> None:
        """End what is hidden; begin a new line after a block."""
        if tag in _HIDDEN and self._hidden:
            self._hidden -= 1
        if tag in _BREAKING:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        """Collect a text that is shown."""
        if not self._hidden:
            self.pieces.append(data)


def _answered(db: Db, in_reply_to: str) -> Message | None:
    """Return the message of the sandbox that a mail says it answers."""
    identifier = in_reply_to.strip("<> ")
    if not identifier:
        return None
    return db.scalar(select(Message).where(Message.message_id == identifier).order_by(Message.id).limit(1))
