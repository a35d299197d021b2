"""The table of AccountView."""

from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from simulator.core.database import SINGLE_LINE, Base, among
from simulator.directory.models import Person
from simulator.sales.models import Client


class Step(StrEnum):
    """The steps of the wizard *Visma-diensten activeren*, in their order. Source: "Beheerder aanmaken in AccountView"."""

    WELCOME = "welcome"
    LICENCE = "licence"
    COMMUNICATION = "communication"
    ADMINISTRATOR = "administrator"

    @property
    def text(self) -> str:
        """Text key of its name."""
        return f"accountview.wizard.{self}"


STEPS = tuple(Step)


class WizardRun(Base):
    """A run of the wizard that is under way: where a person is with it for a client, and what was typed on each step.

    ``administrator`` is the address of the administrator who was made last in this run.
    """

    __tablename__ = "accountview_wizard_run"

    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[str] = mapped_column(info=among(Step))
    services: Mapped[bool] = mapped_column(default=False)
    customer_number: Mapped[str] = mapped_column(default="", info=SINGLE_LINE)
    licence_key: Mapped[str] = mapped_column(default="", info=SINGLE_LINE)
    terms: Mapped[bool] = mapped_column(default=False)
    email: Mapped[str] = mapped_column(default="", info=SINGLE_LINE)
    first_name: Mapped[str] = mapped_column(default="", info=SINGLE_LINE)
    last_name: Mapped[str] = mapped_column(default="", info=SINGLE_LINE)
    administrator: Mapped[str | None] = mapped_column(info=SINGLE_LINE)
    client: Mapped[Client] = relationship()
    person: Mapped[Person] = relationship()
