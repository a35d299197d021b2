"""Which policy wins: what a sign-in demands in every combination of circumstances."""

from itertools import product

import pytest

from simulator.directory.signing_in.demands import Account, Circumstances, Demand, demand
from simulator.directory.signing_in.models import Policy

BOTH = (False, True)
PROVIDERS = ((False, False), (True, False), (True, True))
"""Whether the first step was the external provider's, and whether it reported two factors."""

EVERY = [
    Circumstances(account, customer, domain, application, step_up, device, network, proven, external, reported)
    for account, customer, domain, application, step_up, device, network, proven, (external, reported) in product(
        Account, BOTH, BOTH, Policy, BOTH, BOTH, BOTH, BOTH, PROVIDERS
    )
]


def expected(at: Circumstances) -> Demand:
    """Return what the reference says, written as it says it; see Connect help, security policies priority."""
    enforced = at.customer or at.domain or at.application == Policy.REQUIRED
    if at.reported:
        return Demand.NOTHING
    has_two_steps = at.account in (Account.METHOD, Account.LOST) and not at.external
    risky = not at.network or at.customer or at.domain
    needed = at.step_up or (
        at.application != Policy.BYPASS
        and not at.device
        and (enforced or (has_two_steps and (at.application != Policy.ADAPTIVE or risky)))
    )
    must_have = at.step_up or (at.application != Policy.BYPASS and (enforced or has_two_steps))
    if needed and not at.proven and at.account is not Account.NOTHING:
        return Demand.PROOF
    return Demand.ENROLMENT if must_have and at.account in (Account.NOTHING, Account.LOST) else Demand.NOTHING


def test_every_combination_is_decided_as_the_reference_says() -> None:
    assert [at for at in EVERY if demand(at) is not expected(at)] == []


@pytest.mark.parametrize(
    ("circumstances", "decided"),
    [
        (Circumstances(Account.NOTHING), Demand.NOTHING),
        (Circumstances(Account.METHOD), Demand.PROOF),
        (Circumstances(Account.METHOD, device=True), Demand.NOTHING),
        (Circumstances(Account.METHOD, device=True, step_up=True), Demand.PROOF),
        (Circumstances(Account.NOTHING, domain=True), Demand.ENROLMENT),
        (Circumstances(Account.NOTHING, domain=True, application=Policy.BYPASS), Demand.NOTHING),
        (Circumstances(Account.NOTHING, step_up=True, application=Policy.BYPASS), Demand.ENROLMENT),
        (Circumstances(Account.METHOD, domain=True, device=True), Demand.NOTHING),
        (Circumstances(Account.METHOD, application=Policy.ADAPTIVE, network=True), Demand.NOTHING),
        (Circumstances(Account.METHOD, domain=True, application=Policy.ADAPTIVE, network=True), Demand.PROOF),
        (Circumstances(Account.PASSKEY), Demand.NOTHING),
        (Circumstances(Account.PASSKEY, customer=True), Demand.PROOF),
        (Circumstances(Account.LOST, proven=True), Demand.ENROLMENT),
        (Circumstances(Account.METHOD, external=True), Demand.NOTHING),
        (Circumstances(Account.METHOD, external=True, customer=True), Demand.PROOF),
        (Circumstances(Account.METHOD, external=True, step_up=True), Demand.PROOF),
        (Circumstances(Account.NOTHING, external=True, domain=True), Demand.ENROLMENT),
        (Circumstances(Account.NOTHING, external=True, domain=True, application=Policy.BYPASS), Demand.NOTHING),
        (Circumstances(Account.METHOD, external=True, reported=True, customer=True), Demand.NOTHING),
        (Circumstances(Account.NOTHING, external=True, reported=True, step_up=True), Demand.NOTHING),
    ],
)
def test_the_stricter_policy_wins_and_only_bypass_is_stronger(circumstances: Circumstances, decided: Demand) -> None:
    assert demand(circumstances) is decided


def test_no_device_satisfies_a_step_up() -> None:
    for at in EVERY:
        if at.step_up and not at.proven and not at.reported:
            assert demand(at) is not Demand.NOTHING
