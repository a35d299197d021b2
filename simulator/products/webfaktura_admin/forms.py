"""Forms of WebFaktura Admin (sync)."""

from collections.abc import Sequence
from typing import Any

from simulator.core.numbers import whole_number
from simulator.sales.models import InstalledProgram
from simulator.web.forms import Form, Required, choice_field


class NewClient(Form):
    """Which WebFaktura client is registered."""

    client = choice_field("webfaktura_admin.client_number", validators=[Required()])

    def __init__(self, clients: Sequence[InstalledProgram], **values: Any) -> None:
        super().__init__(**values)
        choices = [(str(installed.client_id), f"{installed.client.number} {installed.client.name}") for installed in clients]
        self.client.choices = [("", "–"), *choices]

    @property
    def choice(self) -> int:
        """The id of the client that was chosen."""
        return whole_number(self.client.data or "") or 0
