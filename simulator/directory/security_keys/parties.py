"""The two parties of a ceremony: the server, by its host name and origin, and the person, by a handle.

Source: Web Authentication, sections 5.4.2 and 5.4.3. Own choice: all sandboxes of a server are one relying party, so the
handle of a person is sealed by the sandbox's secret, by which a passkey of another sandbox is recognised.
"""

from base64 import urlsafe_b64decode
from binascii import Error
from urllib.parse import urlsplit

from simulator.core.chance import secrets_urlsafe
from simulator.core.sandbox import Db
from simulator.directory.models import Person

HANDLE = "user handle"
"""The purpose of the seals of user handles."""


def relying_party(db: Db) -> str:
    """Return the relying party's id: the host name of the server's public address."""
    return urlsplit(db.sandbox.base_address).hostname or ""


def origin(db: Db) -> str:
    """Return the origin of the pages, such as ``http://localhost:8000``."""
    parts = urlsplit(db.sandbox.base_address)
    return f"{parts.scheme}://{parts.netloc}"


def obstacle(origin: str) -> str | None:
    """Say why browsers make no keys for an origin: ``number``, ``local``, ``bare`` or ``insecure``; None where they do.

    Source: Web Authentication, sections 5.1.3 (an effective domain, no address) and 13.4.9; localhost counts as trustworthy.
    Own choice: ``.local`` and the bare name of a machine count as none, because no authority that devices trust certifies them.
    """
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return None
    if ":" in host or host.replace(".", "").isdigit():
        return "number"
    if host.endswith(".local"):
        return "local"
    if "." not in host:
        return "bare"
    return None if parts.scheme == "https" else "insecure"


def user_handle(db: Db, person: Person) -> str:
    """Return the handle of a person as base64url: other in each sandbox, and no personal data."""
    return secrets_urlsafe(db.sealed(HANDLE, str(person.id)).encode())


def person_id_of(db: Db, handle: str) -> int | None:
    """Return the id of the person whose handle this is, or None if it is of another sandbox."""
    identifier = db.unseal(HANDLE, decoded(handle).decode("ascii", "replace"))
    return int(identifier) if identifier is not None else None


def decoded(text: str) -> bytes:
    """Return the bytes of a base64url text without padding; none if it is no such text."""
    try:
        return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except (Error, ValueError):
        return b""
