"""The access points that companies are registered through: AutoInvoice's own and others."""

from collections.abc import Sequence

from sqlalchemy import func, select

from simulator.core.errors import NotFound
from simulator.core.sandbox import Db
from simulator.documents.model.models import AccessPoint

OUR_KEY = "autoinvoice"
OUR_NAME = "Visma.net AutoInvoice"
"""Source: "Brukertips i Kundeservice", ELMA: the access point is named by its product."""


def ours(db: Db) -> AccessPoint:
    """Return AutoInvoice's own access point; made when the scenario has not named it."""
    access_point = db.scalar(select(AccessPoint).where(AccessPoint.ours))
    return access_point or add(db, OUR_KEY, OUR_NAME, ours=True)


def by_key(db: Db, key: str) -> AccessPoint:
    """Return an access point.

    Raises:
        NotFound: there is none of that key.
    """
    access_point = db.scalar(select(AccessPoint).where(AccessPoint.key == key))
    if access_point is None:
        raise NotFound("access point", key)
    return access_point


def all_of(db: Db) -> Sequence[AccessPoint]:
    """Return every access point, AutoInvoice's own last, the others by name."""
    return db.scalars(select(AccessPoint).order_by(AccessPoint.ours, func.sort_key(AccessPoint.name), AccessPoint.id)).all()


def password_of(db: Db, access_point: AccessPoint) -> str:
    """Return the password with which an access point's programs call ELMA; their user name is its key.

    Own choice: it follows from the key and the sandbox's secret; every visitor of the sandbox can read it.
    """
    return db.seal("access point", access_point.key)


def add(db: Db, key: str, name: str, *, ours: bool = False) -> AccessPoint:
    """Add an access point, for scenarios."""
    access_point = AccessPoint(key=key, name=name, ours=ours)
    db.add(access_point)
    db.flush()
    return access_point
