"""Writing a mail as a MIME message, so that a reader gets every character as it was typed.

Python's ``email`` package decodes ``=?utf-8?…?=`` in a header's text, even if a person typed it: typed encoded words could add line
breaks, and so headers, to a mail (``EmailPolicy.header_store_parse``). Names, subjects and file names are therefore encoded here.
Source: RFC 2047 for encoded words, RFC 2231 for file names.
"""

from base64 import b64encode
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from simulator.core.outbox import Message

WORD_BYTES = 39
"""Bytes in one encoded word; RFC 2047 allows 75 characters for the encoded form."""

NAME_BYTES = 690
"""Bytes of a name in one encoded word. Own choice: a name is one word, longer than RFC 2047 allows, as in Python's
``formataddr``: its reader puts blanks between the words of a name. A line still has fewer than 998 characters."""

PARAMETER_BYTES = 40
"""Bytes of a file name in one section of the parameter."""


class Verbatim(str):
    """An encoded header value: ASCII, folded if it is long."""


class VerbatimPolicy(EmailPolicy):
    """Writes ``Verbatim`` values unchanged, and everything else as usual."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Store a verbatim value unparsed."""
        return (name, str(value)) if isinstance(value, Verbatim) else super().header_store_parse(name, value)


POLICY = VerbatimPolicy(linesep="\r\n", refold_source="none")


def write(message: Message) -> bytes:
    """Return a mail as a MIME message, as it came if a program sent it; the bytes are the same each time."""
    if message.original is not None:
        return message.original.content
    mail = EmailMessage(policy=POLICY)
    mail["From"] = Verbatim(f"{_phrase(message.sender_name)} <{message.sender}>")
    mail["To"] = message.recipient
    if message.reply_to is not None:
        mail["Reply-To"] = message.reply_to
    mail["Subject"] = Verbatim(message.subject if _is_plain(message.subject) else _words(message.subject, WORD_BYTES))
    mail["Date"] = format_datetime(message.sent_at)
    mail["Message-ID"] = f"<{message.message_id}>"
    if message.answers is not None:
        mail["In-Reply-To"] = f"<{message.answers.message_id}>"
    mail.set_content(message.text)
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html")
    for attachment in message.attachments:
        main, _, sub = attachment.media_type.partition("/")
        mail.add_attachment(attachment.content, maintype=main, subtype=sub)
        *_, part = mail.iter_parts()
        part.replace_header("Content-Disposition", Verbatim(f"attachment; {_file_name(attachment.name)}"))
    mail["Content-Language"] = message.language
    if mail.is_multipart():
        mail.set_boundary("=_" + message.message_id.partition("@")[0])
    return mail.as_bytes()


def _is_plain(text: str) -> bool:
    """Return whether a text can be in a header unencoded."""
    return text.isascii() and text.isprintable() and "=?" not in text and text == text.strip()


def _phrase(name: str) -> str:
    """Return the display name of an address."""
    if not _is_plain(name) or "  " in name:
        return _words(name, NAME_BYTES)
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _words(text: str, limit: int) -> str:
    """Return a text as encoded words, each of whole characters."""
    return "\n ".join(f"=?utf-8?b?{b64encode(part).decode()}?=" for part in _split(text, limit))


def _file_name(name: str) -> str:
    """Return a file's name as a parameter, in sections if it is long."""
    if _is_plain(name) and len(name) <= PARAMETER_BYTES:
        return 'filename="' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    sections = [quote(part, safe="") for part in _split(name, PARAMETER_BYTES)]
    sections[0] = "utf-8''" + sections[0]
    return ";\n ".join(f"filename*{number}*={section}" for number, section in enumerate(sections))


def _split(text: str, limit: int) -> list[bytes]:
    """Split a text between characters into parts of at most ``limit`` bytes."""
    parts = [b""]
    for character in text:
        encoded = character.encode("utf-8", "replace")
        if len(parts[-1]) + len(encoded) > limit:
            parts.append(b"")
        parts[-1] += encoded
    return parts
