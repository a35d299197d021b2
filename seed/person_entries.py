"""The shape of people in a scenario."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from simulator.directory.security_keys.ceremonies import MOST_KEYS

from . import vocabulary as words
from .vocabulary import refuse


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=False)


class Grant(_Entry):
    """A role, on one customer or company or on several."""

    role: words.RoleName
    on: words.Keys


class GrantTo(Grant):
    """A role for a person named by key or address."""

    person: words.Words


class SupportAccess(_Entry):
    """Access of a consultant to a customer, until the end of a day; of a day that is over, as a row that can be renewed."""

    customer: words.Key
    until: words.Day


class Person(_Entry):
    """Somebody with an account. With a ``key`` the person belongs to the cast that tests and manuals call by name."""

    key: words.Key | None = None
    email: words.Email
    first_name: words.Name
    last_name: words.Name
    phone: words.Phone | None = None
    language: words.Language | None = None
    status: Literal["active", "not_activated", "locked", "inactive"] = "active"
    password: words.Password | None = None
    two_step: words.Truth = False
    totp_secret: words.Secret | None = None
    push: words.Truth = False
    security_keys: words.KeyNames = []
    passkeys: words.KeyNames = []
    lost_phone: words.Truth = False
    sms: words.Phone | None = None
    emergency_code: words.EmergencyCode | None = None
    terms: words.Truth = True
    locked_until: words.Until | None = None
    last_signed_in: words.Day | None = None
    desk: words.Truth = False
    code_domains: words.Domains = []
    activation: Literal["sent", "welcome"] | None = None
    activation_sent: words.Day | None = None
    customers: words.Keys = []
    primary_contact: words.Keys = []
    company: words.Key | None = None
    grants: list[Grant] = []
    support_access: list[SupportAccess] = []

    @model_validator(mode="after")
    def _fits_the_status(self) -> Self:
        waiting = self.status == "not_activated"
        for name in ("password", "two_step", "security_keys", "passkeys"):
            if waiting and getattr(self, name):
                raise refuse(f"no {name}, because the person is not activated", name)
        if not waiting and self.password is None:
            raise refuse(f"a password, because the person is {self.status}", None)
        if self.activation and not waiting:
            raise refuse("no activation mail, because the person is activated", self.activation)
        if self.locked_until and self.status != "locked":
            raise refuse("no locked_until, because the person is not locked", self.status)
        if self.activation_sent and not self.activation:
            raise refuse("activation beside activation_sent", self.activation)
        if len(self.security_keys) + len(self.passkeys) > MOST_KEYS:
            count = len(self.security_keys) + len(self.passkeys)
            raise refuse(f"at most {MOST_KEYS} security keys and passkeys", count)
        needs = {
            "two_step: true": (self.two_step, ("totp_secret", "push", "sms")),
            "two_step: true or security_keys": (self.two_step or self.security_keys, ("emergency_code",)),
            "two_step: true, security_keys or passkeys": (
                self.two_step or self.security_keys or self.passkeys,
                ("lost_phone",),
            ),
        }
        for expected, (is_there, names) in needs.items():
            for name in names:
                if getattr(self, name) and not is_there:
                    raise refuse(f"{expected} beside {name}", self.two_step)
        return self
