"""Writing a mail as the MIME message it is, so that whoever reads it back gets every word as it was typed.

Python's own writer takes ``=?utf-8?…?=`` in a text for what it looks like and decodes it: whoever typed it could put line breaks,
and so more headers, into a mail. Names, subjects and file names are therefore written here. Source: RFC 2047 for words, RFC 2231
for file names.
"""

from base64 import b64encode
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from simulator.core.outbox import Message

WORD = 39
"""Bytes in one encoded word; RFC 2047 allows 75 characters for the whole of it."""

NAME = 690
"""Bytes of a name in one encoded word. Own choice: a name is one word though RFC 2047 has shorter ones, as Python's own
``formataddr`` does it: its reader puts blanks between the words of a name. A line still keeps below 998 characters."""

PIECE = 40
"""Bytes of a file name in one piece of the parameter."""


class Verbatim(str):
    """A header's value as it goes onto the wire: ASCII, folded where it is long."""


class AsWritten(EmailPolicy):
    """Writes what is verbatim as it is, and everything else as usual."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Keep a verbatim value from being read and written anew."""
        return (name, str(value)) if isinstance(value, Verbatim) else super().header_store_parse(name, value)


POLICY = AsWritten(linesep="\r\n", refold_source="none")


def write(message: "Message") -> bytes:
    """Return a mail as MIME: the same bytes each time."""
    whole = EmailMessage(policy=POLICY)
    whole["From"] = Verbatim(f"{_phrase(message.sender_name)} <{message.sender}>")
    whole["To"] = message.recipient
    if message.reply_to is not None:
        whole["Reply-To"] = message.reply_to
    whole["Subject"] = Verbatim(message.subject if _is_plain(message.subject) else _words(message.subject, WORD))
    whole["Date"] = format_datetime(message.sent_at)
    whole["Message-ID"] = f"<{message.message_id}>"
    if message.answers is not None:
        whole["In-Reply-To"] = f"<{message.answers.message_id}>"
    whole.set_content(message.text)
    if message.html is not None:
        whole.add_alternative(message.html, subtype="html")
    for attachment in message.attachments:
        main, _, sub = attachment.media_type.partition("/")
        whole.add_attachment(attachment.content, maintype=main, subtype=sub)
        *_, part = whole.iter_parts()
        part.replace_header("Content-Disposition", Verbatim(f"attachment; {_file_name(attachment.name)}"))
    whole["Content-Language"] = message.language
    if whole.is_multipart():
        whole.set_boundary("=_" + message.message_id.partition("@")[0])
    return whole.as_bytes()


def _is_plain(text: str) -> bool:
    """Say whether a text can stand in a head as it is, and be read as nothing else."""
    return text.isascii() and text.isprintable() and "=?" not in text and text == text.strip()


def _phrase(name: str) -> str:
    """Write the name beside an address."""
    if not _is_plain(name) or "  " in name:
        return _words(name, NAME)
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _words(text: str, most: int) -> str:
    """Write a text as encoded words, each of whole characters."""
    return "\n ".join(f"=?utf-8?b?{b64encode(piece).decode()}?=" for piece in _pieces(text, most))


def _file_name(name: str) -> str:
    """Write a file's name as a parameter, in pieces where it is long."""
    if _is_plain(name) and len(name) <= PIECE:
        return 'filename="' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    pieces = [quote(piece, safe="") for piece in _pieces(name, PIECE)]
    pieces[0] = "utf-8''" + pieces[0]
    return ";\n ".join(f"filename*{place}*={piece}" for place, piece in enumerate(pieces))


def _pieces(text: str, most: int) -> list[bytes]:
    """Cut a text into pieces of at most so many bytes, between characters."""
    pieces = [b""]
    for character in text:
        encoded = character.encode("utf-8", "replace")
        if len(pieces[-1]) + len(encoded) > most:
            pieces.append(b"")
        pieces[-1] += encoded
    return pieces
