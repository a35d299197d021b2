"""Forms with which a browser, or the simulated phone in its place, does a ceremony of WebAuthn."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, jsonify
from wtforms import HiddenField, SubmitField

from simulator.core.sandbox import Db
from simulator.directory.models import Person
from simulator.directory.security_keys import parties, phone_keys
from simulator.directory.security_keys.ceremonies import KeyRefusal
from simulator.web import i18n
from simulator.web.forms import Form

Options = Mapping[str, Any]

SCRIPT_MESSAGES = ("cancelled", "unsupported", "host", "registered", "failed")
"""What the page's script says when the browser refuses: the text ``security_key.<reason>``."""


class KeyForm(Form):
    """The credential, as the page's script got it from the browser; or the button for the key on the phone."""

    credential = HiddenField()
    phone = SubmitField("security_key.use_phone")

    def create(self, db: Db, person: Person, options: Callable[[], Options]) -> str | None:
        """Return ``RegistrationResponseJSON`` from the browser or from the person's phone, or None and say why there is none."""
        return self._response(lambda: phone_keys.create(db, person, options()), "security_key.phone_has_key")

    def get(self, db: Db, person: Person | None, options: Callable[[], Options]) -> str | None:
        """Return ``AuthenticationResponseJSON`` from the browser or from the person's phone, or None and say why there is none."""

        def sign() -> dict[str, Any]:
            if person is None:
                raise phone_keys.NoSuchKey
            return phone_keys.get(db, person, options())

        return self._response(sign, "security_key.no_phone_key")

    def refuse_key(self, db: Db, refusal: KeyRefusal) -> None:
        """Say why the key was refused."""
        self.form_errors.append(i18n.t(f"security_key.{refusal}", origin=parties.origin(db)))

    def _response(self, ask_phone: Callable[[], dict[str, Any]], without: str) -> str | None:
        if self.phone.data:
            try:
                return json.dumps(ask_phone())
            except phone_keys.NoSuchKey:
                self.form_errors.append(i18n.t(without))
                return None
        if self.credential.data:
            return str(self.credential.data)
        self.form_errors.append(i18n.t("security_key.no_script"))
        return None


def options_response(options: Options) -> Response:
    """Return the options of a ceremony as JSON, for the page's script."""
    return jsonify(options)


def no_options() -> tuple[Response, int]:
    """Answer a page whose ceremony is over, for instance because another tab completed it."""
    return jsonify({}), 409
