"""Tables of the Mailpit interface."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core.database import Base


class MailMark(Base):
    """What clients have done with a mail: read it, deleted it, tagged it. A mail without a mark is unread and has no tags.

    A deleted mail is gone for clients of this interface only; the sandbox's own pages and the control API go on showing it.
    """

    __tablename__ = "mailpit_mark"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    read: Mapped[bool] = mapped_column(default=False)
    deleted: Mapped[bool] = mapped_column(default=False)
    tags: Mapped[list[str]]
