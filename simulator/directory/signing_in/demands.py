"""What a sign-in demands beyond the first factor: the one place that decides which policy wins.

Source: Connect help, security policies priority: what the account, its customers, its e-mail domain and the application demand
counts together, the stricter wins, and only *Bypass* is stronger; a step-up is demanded in any application. Own choice:
a remembered device satisfies every policy, but no step-up; *Adaptive* does not ask in a network that the person has signed in from
before, unless a customer or domain requires two steps; a passkey is the second step after a password where two are demanded and
there is nothing else; a lost authenticator has to be replaced once the emergency code was right.

After a sign-in with the external provider (source: Connect help, two steps with other providers: Connect cannot enforce them there,
and knows of them only when they are reported): two factors that it reported satisfy every policy and a step-up. When it reported
none, Connect demands its own second step where a customer, the domain, the application or a step-up demands one. Own choice:
two-step verification that the account has, and nobody demands, belongs to the password and is not asked for then.
"""

from dataclasses import dataclass
from enum import StrEnum

from simulator.directory.signing_in.models import Policy


class Account(StrEnum):
    """What an account has for a second step: nothing, only a passkey, a method, or only the emergency code of a lost one."""

    NOTHING = "nothing"
    PASSKEY = "passkey"
    METHOD = "method"
    LOST = "lost"


@dataclass(frozen=True)
class Circumstances:
    """All that the decision depends on.

    Attributes:
        account: what the account has for a second step.
        customer: whether one of the person's customers requires two steps.
        domain: whether the verified domain of the address requires two steps.
        application: the policy of the application.
        step_up: whether the application demands a second step now.
        device: whether the device is remembered.
        network: whether the person has signed in from this network before.
        proven: whether the second step was proven in this sign-in.
        external: whether the first step was the external provider's.
        reported: whether that provider reported two factors.
    """

    account: Account
    customer: bool = False
    domain: bool = False
    application: Policy = Policy.OWN
    step_up: bool = False
    device: bool = False
    network: bool = False
    proven: bool = False
    external: bool = False
    reported: bool = False

    @property
    def requires_method(self) -> bool:
        """Whether the person cannot sign in without a method for the second step, which otherwise has to be set up."""
        if self.reported:
            return False
        if self.step_up:
            return True
        if self.application is Policy.BYPASS:
            return False
        is_on = self.account in (Account.METHOD, Account.LOST) and not self.external
        return is_on or self.customer or self.domain or self.application is Policy.REQUIRED


class Demand(StrEnum):
    """What a sign-in demands next: nothing more, the proof of the second step, or to set one up."""

    NOTHING = "nothing"
    PROOF = "proof"
    ENROLMENT = "enrolment"


def demand(circumstances: Circumstances) -> Demand:
    """Return what a sign-in demands next."""
    if _can_prove(circumstances) and not circumstances.proven and _asks(circumstances):
        return Demand.PROOF
    if circumstances.requires_method and circumstances.account in (Account.NOTHING, Account.LOST):
        return Demand.ENROLMENT
    return Demand.NOTHING


def _can_prove(circumstances: Circumstances) -> bool:
    if circumstances.account is Account.PASSKEY or circumstances.external:
        return circumstances.requires_method and circumstances.account is not Account.NOTHING
    return circumstances.account is not Account.NOTHING


def _asks(circumstances: Circumstances) -> bool:
    if circumstances.step_up:
        return True
    if circumstances.application is Policy.BYPASS or circumstances.device:
        return False
    is_required = circumstances.customer or circumstances.domain
    return circumstances.application is not Policy.ADAPTIVE or is_required or not circumstances.network
