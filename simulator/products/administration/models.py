"""Tables of Visma Administration 2000."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from simulator.core.database import Base


class CompanySettings(Base):
    """What the company settings of a client say of Visma AutoInvoice; a client without a row uses it for nothing."""

    __tablename__ = "administration_settings"

    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), primary_key=True)
    send_all: Mapped[bool] = mapped_column(default=False)
    receive: Mapped[bool] = mapped_column(default=False)
