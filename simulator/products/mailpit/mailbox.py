"""The mails of a sandbox as one mailbox, with what clients have done with them.

The mails are those that arrived, newest first, of the platform, of people and of programs. A mail of a program to several
recipients is one mail here. Source: Mailpit 1.30, ``storage`` and ``server/apiv1``: names and types of all fields.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from hashlib import md5, sha1, sha256
from typing import Any

from sqlalchemy import func, or_, select

from simulator.core import mime, received_mail
from simulator.core.clock import iso
from simulator.core.numbers import LARGEST_ID, whole_number
from simulator.core.outbox import Message, MessageState
from simulator.core.sandbox import Db
from simulator.products.mailpit.models import MailMark

LATEST = "latest"
SNIPPET = 200
LONGEST_TAG = 100
_NOT_IN_TAGS = re.compile(r"[^a-zA-Z0-9\-. _@]")


@dataclass(frozen=True)
class Mail:
    """One mail with its mark."""

    message: Message
    mark: MailMark | None

    @property
    def id(self) -> str:
        """Its identifier for clients."""
        return str(self.message.id)

    @property
    def is_read(self) -> bool:
        """Whether a client has read it."""
        return self.mark is not None and self.mark.read

    @property
    def tags(self) -> list[str]:
        """Its tags, sorted."""
        return sorted(self.mark.tags, key=str.lower) if self.mark is not None else []

    @cached_property
    def addresses(self) -> dict[str, list[dict[str, str]]]:
        """The lists ``From``, ``To``, ``Cc``, ``Bcc`` and ``ReplyTo``."""
        message = self.message
        if message.original is not None:
            lists = message.original.addresses
        else:
            lists = {
                "From": [[message.sender_name, message.sender]],
                "To": [["", message.recipient]],
                "ReplyTo": [["", message.reply_to]] if message.reply_to is not None else [],
            }
        return {
            name: [{"Name": person, "Address": address} for person, address in lists.get(name, ())]
            for name in received_mail.ADDRESS_HEADERS
        }

    @cached_property
    def content(self) -> bytes:
        """The MIME message."""
        return mime.write(self.message)

    @property
    def size(self) -> int:
        """Bytes of the MIME message."""
        return self.message.original.size if self.message.original is not None else len(self.content)

    @cached_property
    def parsed(self) -> EmailMessage:
        """The MIME message, parsed."""
        return message_from_bytes(self.content, policy=policy.default)

    @cached_property
    def visible_text(self) -> str:
        """What a reader sees of the HTML part, or the plain text when there is none."""
        return received_mail.text_of(self.message.html) if self.message.html is not None else self.message.text

    @cached_property
    def search_text(self) -> str:
        """What a search without a prefix looks into, in lower case."""
        people = " ".join(f"{entry['Name']} {entry['Address']}" for entries in self.addresses.values() for entry in entries)
        names = " ".join(file.name for file in self.message.attachments)
        return plain(f"{people} {self.message.subject} {self.visible_text} {names}")

    def summary(self) -> dict[str, Any]:
        """Return it as a list shows it."""
        message = self.message
        snippet = " ".join(self.visible_text.split())
        return {
            "ID": self.id,
            "MessageID": message.message_id,
            "Read": self.is_read,
            **self._people(),
            "Subject": message.subject,
            "Created": iso(message.sent_at),
            "Username": self._user_name(),
            "Tags": self.tags,
            "Size": self.size,
            "Attachments": len(message.attachments),
            "Snippet": snippet if len(snippet) <= SNIPPET else snippet[:SNIPPET] + "...",
        }

    def full(self) -> dict[str, Any]:
        """Return all of it but the contents of its files."""
        message = self.message
        files = list(self.files())
        unsubscribe = received_mail.header(self.parsed, "List-Unsubscribe")
        return {
            "ID": self.id,
            "MessageID": message.message_id,
            **self._people(),
            "ReturnPath": message.sender,
            "Subject": message.subject,
            "ListUnsubscribe": {
                "Header": unsubscribe,
                "Links": re.findall(r"<((?:https?|mailto):[^>\s]+)>", unsubscribe),
                "Errors": "",
                "HeaderPost": received_mail.header(self.parsed, "List-Unsubscribe-Post"),
            },
            "Date": iso(message.sent_at),
            "Tags": self.tags,
            "Username": self._user_name(),
            "Text": received_mail.body(self.parsed, "plain") or "",
            "HTML": message.html or "",
            "Size": self.size,
            "Inline": [_described(number, part) for number, part in files if received_mail.is_inline(part)],
            "Attachments": [_described(number, part) for number, part in files if not received_mail.is_inline(part)],
        }

    def files(self) -> Iterable[tuple[str, EmailMessage]]:
        """Yield the parts that are files, each with its number."""
        return ((number, part) for number, part in received_mail.parts(self.parsed) if received_mail.is_file(part))

    def part(self, number: str) -> EmailMessage | None:
        """Return the part with a number."""
        return next((part for own, part in received_mail.parts(self.parsed) if own == number), None)

    def headers(self) -> dict[str, list[str]]:
        """Return the values of each header, as they are written; lines that were folded are one."""
        values: dict[str, list[str]] = {}
        for name, value in self.parsed.raw_items():
            written = "-".join(word[:1].upper() + word[1:].lower() for word in name.split("-"))
            values.setdefault(written, []).append(" ".join(str(value).encode(errors="replace").decode().split()))
        return dict(sorted(values.items()))

    def _people(self) -> dict[str, Any]:
        lists: dict[str, Any] = dict(self.addresses)
        writers = lists.pop("From")
        return {"From": writers[0] if writers else {"Name": "", "Address": ""}, **lists}

    def _user_name(self) -> str:
        original = self.message.original
        return (original.user_name or "") if original is not None else ""


def plain(text: str) -> str:
    """Return a text as it is searched: lower case, without signs that separate addresses, with single blanks."""
    return " ".join(re.sub(r'[\t\r\n><",;()\ufeff]', " ", text).lower().split())


def all_mails(db: Db) -> list[Mail]:
    """Return all mails, newest first."""
    first = select(func.min(Message.id)).where(Message.original_id.is_not(None), _ARRIVED).group_by(Message.original_id)
    query = (
        select(Message, MailMark)
        .join(MailMark, MailMark.message_id == Message.id, isouter=True)
        .where(_ARRIVED, or_(Message.original_id.is_(None), Message.id.in_(first)))
        .where(or_(MailMark.message_id.is_(None), MailMark.deleted.is_(False)))
        .order_by(Message.id.desc())
    )
    return [Mail(message, mark) for message, mark in db.execute(query)]


_ARRIVED = (Message.kind == "mail") & (Message.state == MessageState.DELIVERED)


def by_id(db: Db, identifier: str) -> Mail | None:
    """Return a mail by its identifier; ``latest`` is the newest one."""
    if identifier == LATEST:
        return next(iter(all_mails(db)), None)
    number = whole_number(identifier, least=1, most=LARGEST_ID)
    return next((mail for mail in all_mails(db) if mail.message.id == number), None) if number is not None else None


def mark_read(db: Db, mails: Iterable[Mail], read: bool) -> None:
    """Mark mails as read or unread."""
    for mail in mails:
        _mark(db, mail).read = read
    db.flush()


def delete(db: Db, mails: Iterable[Mail]) -> None:
    """Delete mails from this mailbox."""
    for mail in mails:
        _mark(db, mail).deleted = True
    db.flush()


def set_tags(db: Db, mails: Iterable[Mail], tags: Sequence[str]) -> None:
    """Give mails exactly these tags; signs that tags cannot have are left out, as Mailpit does."""
    clean = {tag.lower(): tag for tag in reversed([_clean(tag) for tag in tags]) if tag}
    for mail in mails:
        _mark(db, mail).tags = sorted(clean.values(), key=str.lower)
    db.flush()


def rename_tag(db: Db, tag: str, new: str) -> None:
    """Rename a tag of all mails."""
    for mail in all_mails(db):
        if tag.lower() in (own.lower() for own in mail.tags):
            set_tags(db, [mail], [new if own.lower() == tag.lower() else own for own in mail.tags])


def remove_tag(db: Db, tag: str) -> None:
    """Remove a tag from all mails."""
    for mail in all_mails(db):
        if tag.lower() in (own.lower() for own in mail.tags):
            set_tags(db, [mail], [own for own in mail.tags if own.lower() != tag.lower()])


def all_tags(mails: Iterable[Mail]) -> list[str]:
    """Return every tag of some mails, sorted."""
    return sorted({tag for mail in mails for tag in mail.tags}, key=lambda tag: (tag.lower(), tag))


def is_tag(tag: str) -> bool:
    """Return whether something is left of a tag without the signs that tags cannot have."""
    return bool(_clean(tag))


def _clean(tag: str) -> str:
    return " ".join(_NOT_IN_TAGS.sub("", tag).split())[:LONGEST_TAG]


def _mark(db: Db, mail: Mail) -> MailMark:
    mark = db.get(MailMark, mail.message.id)
    if mark is None:
        mark = MailMark(message_id=mail.message.id, read=False, deleted=False, tags=[])
        db.add(mark)
    return mark


def _described(number: str, part: EmailMessage) -> dict[str, Any]:
    content = received_mail.content_of(part)
    return {
        "PartID": number,
        "FileName": received_mail.file_name(part),
        "ContentType": part.get_content_type(),
        "ContentID": received_mail.header(part, "Content-ID").strip("<>"),
        "Size": len(content),
        "Checksums": {
            "MD5": md5(content, usedforsecurity=False).hexdigest(),
            "SHA1": sha1(content, usedforsecurity=False).hexdigest(),
            "SHA256": sha256(content).hexdigest(),
        },
    }
