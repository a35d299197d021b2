"""Mails that clients send as JSON, made into MIME messages. Source: Mailpit 1.30, ``server/apiv1/send.go``."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from simulator.core import normal_forms
from simulator.core.sandbox import Db

LISTS = ("To", "Cc", "ReplyTo")
FIXED = frozenset(
    ("to", "from", "cc", "bcc", "reply-to", "date", "message-id", "subject", "content-type", "mime-version", "x-tags")
)
"""Headers that ``Headers`` may not set."""


class NotSendable(Exception):
    """A mail cannot be sent as it is body for; the text is one sentence."""


def mime_message(db: Db, body: Mapping[str, Any]) -> bytes:
    """Return the MIME message that a client describes.

    Raises:
        NotSendable: something of it is not as it has to be.
    """
    mail = EmailMessage(policy=SMTP)
    sender = body.get("From")
    if not isinstance(sender, dict):
        raise NotSendable("From: expected an object with Email and Name")
    try:
        mail["From"] = _address("From", sender)
        for name in LISTS:
            entries = _list(body, name)
            if entries:
                mail["Reply-To" if name == "ReplyTo" else name] = [_address(name, entry) for entry in entries]
        hidden = _list(body, "Bcc")
        if hidden:
            mail["Bcc"] = [_address("Bcc", {"Email": entry}) for entry in hidden]
        mail["Subject"] = _line("Subject", body.get("Subject", ""))
        mail["Date"] = format_datetime(db.clock.now())
        identifier = db.chance.token()[:24]
        mail["Message-ID"] = f"<{identifier}@mailpit.example>"
        for name, value in (body.get("Headers") or {}).items():
            if name.lower() in FIXED:
                raise NotSendable(f'cannot overwrite header: "{name}"')
            mail[name] = _line(name, value)
    except (ValueError, TypeError, AttributeError) as error:
        raise NotSendable(f"a header cannot be written: {error}") from None
    if not any(mail[name] for name in ("To", "Cc", "Bcc")):
        raise NotSendable("To: expected at least one recipient in To, Cc or Bcc")
    mail.set_content(_text("Text", body.get("Text", "")))
    if body.get("HTML"):
        mail.add_alternative(_text("HTML", body["HTML"]), subtype="html")
    for number, file in enumerate(_list(body, "Attachments")):
        _attach(mail, f"Attachments.{number}", file)
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{identifier}_{number}")
    return mail.as_bytes()


def _attach(mail: EmailMessage, where: str, file: Any) -> None:
    if not isinstance(file, dict):
        raise NotSendable(f"{where}: expected an object with Content and Filename")
    try:
        # Browsers write the media type before the content, as ``data:image/png;base64,…``.
        content = b64decode(_text(f"{where}.Content", file.get("Content", "")).rpartition(",")[2], validate=True)
    except (Error, ValueError):
        raise NotSendable(f'error decoding base64 attachment "{file.get("Filename", "")}"') from None
    kind = file.get("ContentType") or "application/octet-stream"
    main, _, sub = _line(f"{where}.ContentType", kind).partition("/")
    identifier = file.get("ContentID")
    mail.add_attachment(
        content,
        maintype=main or "application",
        subtype=sub or "octet-stream",
        filename=_line(f"{where}.Filename", file.get("Filename", "")),
        disposition="inline" if identifier else "attachment",
        cid=f"<{_line(f'{where}.ContentID', identifier)}>" if identifier else None,
    )


def _address(where: str, entry: Any) -> Address:
    email, name = (entry.get("Email"), entry.get("Name", "")) if isinstance(entry, dict) else (None, "")
    if not isinstance(email, str) or not normal_forms.is_email(email):
        raise NotSendable(f"invalid {where} address: {email!s:.200}")
    return Address(display_name=_line(f"{where}.Name", name or ""), addr_spec=email)


def _list(body: Mapping[str, Any], name: str) -> list[Any]:
    value = body.get(name) or []
    if not isinstance(value, list):
        raise NotSendable(f"{name}: expected a list, found {type(value).__name__}")
    return value


def _line(where: str, value: Any) -> str:
    text = _text(where, value)
    if not text.isprintable():
        raise NotSendable(f"{where}: expected one line")
    return text


def _text(where: str, value: Any) -> str:
    if not isinstance(value, str):
        raise NotSendable(f"{where}: expected a text, found {type(value).__name__}")
    return value.encode(errors="replace").decode()
