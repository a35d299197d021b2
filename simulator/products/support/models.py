"""Tables of the support desk."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core.database import Base


class HandledRequest(Base):
    """A mail to support that a member of the support staff has handled; a mail without a row is new."""

    __tablename__ = "handled_request"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    handled_at: Mapped[datetime]
