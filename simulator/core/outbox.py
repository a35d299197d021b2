"""The outbox: every e-mail and SMS that was sent, by the platform or by a person. Nothing leaves the machine.

A mail of the platform is a real MIME message, made from one layout and the text keys ``message.<name>.subject``, ``.body`` and,
where it has a button, ``.button``. A mail that a person wrote is plain text with attachments. Source: sender address of Connect's
mails as published by products that use it; bodies are our own choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, LargeBinary, event, select
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from simulator.core import desks, events, jobs, normal_forms, seals
from simulator.core.database import SINGLE_LINE, Base, among, single_line
from simulator.core.jobs.registry import ROBOTS
from simulator.core.sandbox import Db
from simulator.core.texts import LANGUAGES, text

HERE = "http://sandbox.invalid"
"""The placeholder in stored messages for the address of their sandbox."""

LINK = "link"
"""The purpose of the seals of addresses in messages that open something."""

SENDER = "do.not.reply@mail.connect.example"
SENDER_NAME = "Visma Connect (simulator)"

events.declare(
    mail__sent="A mail was put into the outbox.",
    mail__bounced="A mail came back, because there is no such mailbox.",
    sms__sent="An SMS was put into the outbox.",
    push__sent="A notice to an authenticator app was put into the outbox.",
)


WRITTEN = "written"
"""The name (kind) of every mail that a person wrote, or a program sent (``core.received_mail``)."""


class Attachment(Base):
    """A file attached to a mail. ``media_type`` is the sender's claim; pages never rely on it."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    media_type: Mapped[str] = mapped_column(info=SINGLE_LINE)
    size: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))


class Original(Base):
    """A mail that a program sent, as it came; ``user_name`` is what the program signed in with.

    ``addresses`` has the lists ``From``, ``To``, ``Cc``, ``Bcc`` and ``ReplyTo``, each of ``[name, address]``.
    """

    __tablename__ = "mail_original"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_name: Mapped[str | None]
    addresses: Mapped[dict[str, Any]]
    size: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))


class MessageState(StrEnum):
    """The states of a message: it arrived, or it came back, so that no mailbox has it."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"


class Message(Base):
    """One message of any kind; ``html`` is None for what has no HTML part: all but mails of the platform and of programs.

    A mail of a program to several recipients is a message for each of them, with the same ``original``.

    The stored texts have a placeholder for the address of the sandbox, and links in them have none of their seals, so that links
    lead to its present address, even if it is served on another port than when they were sent, and open it and no copy.
    """

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    sender: Mapped[str] = mapped_column(info=SINGLE_LINE)
    recipient: Mapped[str] = mapped_column(index=True, info=SINGLE_LINE)
    name: Mapped[str]
    subject: Mapped[str] = mapped_column(info=SINGLE_LINE)
    stored_text: Mapped[str] = mapped_column("text")
    stored_html: Mapped[str | None] = mapped_column("html")
    stored_links: Mapped[list[str]] = mapped_column("links")
    codes: Mapped[list[str]]
    sent_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(info=among(MessageState))
    language: Mapped[str] = mapped_column(info=among(LANGUAGES))
    message_id: Mapped[str] = mapped_column(info=SINGLE_LINE)
    sender_name: Mapped[str] = mapped_column(default=SENDER_NAME, info=SINGLE_LINE)
    reply_to: Mapped[str | None] = mapped_column(info=SINGLE_LINE)
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    original_id: Mapped[int | None] = mapped_column(ForeignKey("mail_original.id"))
    attachments: Mapped[list[Attachment]] = relationship(order_by=Attachment.id, lazy="selectin")
    answers: Mapped["Message | None"] = relationship(remote_side=id)
    original: Mapped[Original | None] = relationship(lazy="selectin")

    base_address: ClassVar[str] = HERE
    secret: ClassVar[str] = ""

    @property
    def text(self) -> str:
        """The plain text."""
        return self._complete(self.stored_text)

    @property
    def html(self) -> str | None:
        """The HTML part."""
        return self._complete(self.stored_html) if self.stored_html is not None else None

    @property
    def links(self) -> list[str]:
        """The addresses that lead somewhere, in the order of the text."""
        return [self._complete(link) for link in self.stored_links]

    def _complete(self, stored: str) -> str:
        """Return a stored text with the sandbox's address and the seals of its links.

        Only addresses that the platform put behind the button are sealed, whatever else a text says.
        """
        for link in self.stored_links:
            if link.endswith(seals.SEPARATOR):
                identifier = link.rpartition("/")[2].removesuffix(seals.SEPARATOR)
                stored = stored.replace(link, link + seals.seal(self.secret, LINK, identifier))
        return stored.replace(HERE, self.base_address)


@event.listens_for(Message, "load")
def _learn_sandbox(message: Message, context: Any) -> None:
    _belong(message, context.session)


def _belong(message: Message, db: Db) -> None:
    message.base_address, message.secret = db.sandbox.base_address, db.head.secret  # type: ignore[misc]


@cache
def _layout() -> Any:
    from jinja2 import Environment, PackageLoader

    return Environment(loader=PackageLoader("simulator.core", "mails"), autoescape=True).get_template("mail.html")


def mail(
    db: Db,
    name: str,
    *,
    to: str,
    language: str,
    link: str | None = None,
    codes: Sequence[str] = (),
    sender: str = SENDER,
    sender_name: str = SENDER_NAME,
    reply_to: str | None = None,
    files: Sequence[tuple[str, str, bytes]] = (),
    more: Sequence[str] = (),
    **values: Any,
) -> Message:
    """Send a mail of the platform.

    Args:
        db: the transaction; if it is undone, the mail was never sent.
        name: the kind of mail, for example ``activation``: its texts are ``message.activation.…``.
        to: the recipient's address.
        language: the recipient's language.
        link: absolute address behind the button.
        codes: codes in the body, for tests that need them without parsing.
        sender: the sender's address.
        sender_name: the sender's name.
        reply_to: the address for answers, if it is another one.
        files: attachments, as (name, media type, content).
        more: paragraphs after those of the body, in the recipient's language already.
        values: values of the texts' placeholders.
    """
    to = normal_forms.email(to)
    subject = text(language, f"message.{name}.subject", **values)
    paragraphs = text(language, f"message.{name}.body", **values).split("\n\n")
    paragraphs += more
    button = text(language, f"message.{name}.button") if link else None
    footer = text(language, "message.footer")
    plain = "\n\n".join([*paragraphs, *([f"{button}: {link}"] if link else []), "-- \n" + footer]) + "\n"
    html = _layout().render(
        language=language, subject=subject, paragraphs=paragraphs, button=button, link=link, footer=footer
    )
    base, sealed_link = db.sandbox.base_address, link or HERE
    identifier = db.unseal(LINK, sealed_link.rpartition("/")[2])
    stored_link = sealed_link if identifier is None else sealed_link.removesuffix(db.seal(LINK, identifier))
    stored_link = stored_link.replace(base, HERE)
    message = Message(
        kind="mail",
        sender=sender,
        sender_name=single_line(sender_name),
        reply_to=reply_to,
        recipient=to,
        name=name,
        language=language,
        subject=single_line(subject),
        stored_text=plain.replace(sealed_link, stored_link).replace(base, HERE),
        stored_html=html.replace(sealed_link, stored_link).replace(base, HERE),
        stored_links=[stored_link] if link else [],
        codes=list(codes),
        sent_at=db.clock.now(),
        state=MessageState.BOUNCED if bounces(to) else MessageState.DELIVERED,
        message_id=f"{db.chance.token()[:24]}@{sender.rpartition('@')[2]}",
        attachments=_attached(files),
    )
    _belong(message, db)
    db.add(message)
    db.flush()
    events.record(db, "mail.sent", subject=to, mail=name, message=message.id)
    if message.state == MessageState.BOUNCED:
        events.record(db, "mail.bounced", subject=to, mail=name, message=message.id)
    _pass_to_desks(db, message)
    return message


def bounces(address: str) -> bool:
    """Return whether mail to an address comes back. Own choice: local parts that begin with ``bounce``, and what is no address."""
    return not normal_forms.is_email(address) or normal_forms.email(address).startswith("bounce")


def came_back(db: Db, address: str) -> bool:
    """Return whether the newest mail of the platform to an address came back."""
    query = select(Message.state).where(Message.kind == "mail", Message.recipient == normal_forms.email(address))
    return db.scalar(query.order_by(Message.id.desc()).limit(1)) == MessageState.BOUNCED


@dataclass(frozen=True, kw_only=True)
class PersonalMail:
    """A mail that a person wrote; forms check its format and lengths.

    Attributes:
        sender: the writer's address.
        sender_name: the writer's name.
        to: the recipient's address.
        subject: one line.
        text: plain text.
        language: the language of the page it was written on.
        files: attachments, as (name, media type, content).
        answers: the message that this one answers.
    """

    sender: str
    sender_name: str
    to: str
    subject: str
    text: str
    language: str
    files: Sequence[tuple[str, str, bytes]] = ()
    answers: Message | None = None


@dataclass(frozen=True, kw_only=True)
class ReceivedMail:
    """What a program's mail has besides that of a person.

    Attributes:
        original: the mail as it came.
        message_id: its identifier, without angle brackets; empty when it has none.
        html: the HTML part.
        links: the web addresses in it.
        codes: what may be codes in it.
    """

    original: Original
    message_id: str
    html: str | None
    links: Sequence[str]
    codes: Sequence[str]


def write(db: Db, mail: PersonalMail, received: ReceivedMail | None = None) -> Message:
    """Send a mail that a person wrote, or a program sent.

    Mail to an automatic mailbox is read by a job, see ``jobs.registry.ROBOTS``; the platform's own mails are not, so that robots
    do not answer each other.

    Args:
        db: the transaction.
        mail: what it says.
        received: what the mail of a program has besides; None for that of a person, which is plain text, so its content can do no
            harm to its reader, and which always arrives.
    """
    recipient = normal_forms.email(mail.to)
    is_bounced = received is not None and bounces(recipient)
    message = Message(
        kind="mail",
        sender=mail.sender,
        sender_name=single_line(mail.sender_name),
        recipient=recipient,
        name=WRITTEN,
        language=mail.language,
        subject=single_line(mail.subject),
        stored_text=mail.text,
        stored_html=received.html if received else None,
        stored_links=list(received.links) if received else [],
        codes=list(received.codes) if received else [],
        sent_at=db.clock.now(),
        state=MessageState.BOUNCED if is_bounced else MessageState.DELIVERED,
        message_id=(received and received.message_id) or f"{db.chance.token()[:24]}@{mail.sender.rpartition('@')[2]}",
        answers=mail.answers,
        original=received.original if received else None,
        attachments=_attached(mail.files),
    )
    _belong(message, db)
    db.add(message)
    db.flush()
    events.record(db, "mail.sent", actor=mail.sender, subject=recipient, mail=WRITTEN, message=message.id)
    if is_bounced:
        events.record(db, "mail.bounced", subject=recipient, mail=WRITTEN, message=message.id)
        return message
    _pass_to_robot(db, message)
    _pass_to_desks(db, message)
    return message


def _pass_to_robot(db: Db, message: Message) -> None:
    """Queue the job that reads mail to an automatic mailbox."""
    robot = ROBOTS.get(message.recipient.rpartition("@")[2])
    if robot is not None:
        jobs.enqueue(db, robot, message=message.id)


def _pass_to_desks(db: Db, message: Message) -> None:
    """Call what is registered for mail to or from the vendor's desks."""
    if desks.at(message.recipient) is not None or desks.at(message.sender) is not None:
        for receive in desks.WHEN_MAILED.values():
            receive(db, message)


def _attached(files: Sequence[tuple[str, str, bytes]]) -> list[Attachment]:
    return [
        Attachment(name=single_line(name), media_type=media_type, size=len(content), content=content)
        for name, media_type, content in files
    ]


def newest_first(db: Db, to: str | None = None, kind: str | None = None, limit: int = 200) -> Sequence[Message]:
    """Return the messages that arrived, newest first."""
    query = _matching(to, kind).where(Message.state == MessageState.DELIVERED)
    return db.scalars(query.order_by(Message.id.desc()).limit(limit)).all()


def after(db: Db, after_id: int = 0, to: str | None = None, kind: str | None = None, limit: int = 1000) -> Sequence[Message]:
    """Return the messages after an id, oldest first, those that came back too."""
    return db.scalars(_matching(to, kind).where(Message.id > after_id).order_by(Message.id).limit(limit)).all()


def _matching(to: str | None, kind: str | None) -> Any:
    query = select(Message)
    if to:
        query = query.where(Message.recipient.in_(desks.same_mailbox(to)))
    if kind:
        query = query.where(Message.kind == kind)
    return query
