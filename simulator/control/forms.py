"""Forms of the lobby."""

import re
from typing import Any

from wtforms import BooleanField, ValidationError

from simulator.sales.models import Acs, Module, Opg
from simulator.web import i18n
from simulator.web.forms import Form, choice_field, password_field, text_field

VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}[a-z]?){0,3}")
"""A version of a program, such as ``13.02``."""


class CreateSandbox(Form):
    """Making a sandbox."""

    scenario = choice_field("lobby.scenario")
    name = text_field("lobby.name", required=False, longest=40)
    language = choice_field("layout.language")


class Token(Form):
    """The control token."""

    token = password_field("lobby.token")


class Server(Form):
    """What runs on a customer's server."""

    acs = choice_field("lobby.acs")
    acs_server = text_field("lobby.acs_server", longest=60)
    opg = choice_field("lobby.opg")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.acs.choices = [(state, i18n.t(f"lobby.acs.{state}")) for state in Acs]
        self.opg.choices = [(state, i18n.t(f"lobby.opg.{state}")) for state in Opg]


class InstalledProgram(Form):
    """What a client has of a program."""

    version = text_field("lobby.version", longest=20)
    licensed = BooleanField("lobby.licensed")
    visma_net_services = BooleanField("lobby.module.visma_net_services")
    document_center = BooleanField("lobby.module.document_center")

    def validate_version(self, field: Any) -> None:
        """Refuse what is no version."""
        if not VERSION.fullmatch((field.data or "").strip()):
            raise ValidationError(i18n.t("lobby.version.wrong"))

    @property
    def modules(self) -> list[str]:
        """The modules that are ticked."""
        return [module for module in Module if self[module].data]
