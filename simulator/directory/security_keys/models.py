"""Tables of security keys."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from simulator.core.database import SINGLE_LINE, Base
from simulator.directory.models import Person

LONGEST_KEY_NAME = 60
"""Own choice: characters of the name of a key."""


class SecurityKey(Base):
    """A public key credential of a person: a security key as the second step, or a passkey that replaces the password as well.

    ``credential_id`` is base64url; ``public_key`` is a COSE key; ``sign_count`` is the counter of the last signature. A ``passkey``
    is discoverable and verifies its user.
    """

    __tablename__ = "security_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    name: Mapped[str] = mapped_column(info=SINGLE_LINE)
    passkey: Mapped[bool]
    transports: Mapped[list[str]]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()


class PhoneKey(Base):
    """A credential in the simulated security key on a person's phone, with its private key (PKCS #8, DER).

    Like the other clear-text secrets it is for testers; the platform itself only knows the public key.
    """

    __tablename__ = "phone_key"

    credential_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    private_key: Mapped[bytes]
    sign_count: Mapped[int]
    discoverable: Mapped[bool]


class Challenge(Base):
    """The newest challenge for one purpose of a sign-in, a session, a mailed link or a browser; it is used once.

    ``value`` is base64url; ``key_name`` is the name that the key to register will have.
    """

    __tablename__ = "challenge"

    holder: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str | None]
    key_name: Mapped[str | None] = mapped_column(info=SINGLE_LINE)
    expires_at: Mapped[datetime]
