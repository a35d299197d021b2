"""Calls about the networks through which a company receives.

Source: AutoXChange API, ``/v1/company/profiles``: networks, codes of conflicts; AutoInvoice, receiving: *VISMA* is the
master switch for AutoInvoice's own network and other operators, Peppol and scanning come on top. Own choice: only these
three are simulated; a Norwegian company's Peppol profile is its registration in ELMA.
"""

from typing import Any
from uuid import UUID, uuid5

from simulator.core.sandbox import Db
from simulator.directory.actors import actor_of
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.exchange import delays
from simulator.documents.model import parties
from simulator.documents.model.models import Account, State
from simulator.documents.registers import access_points, participants
from simulator.products.autoinvoice_api import schemas
from simulator.products.autoinvoice_api.errors import ApiError, error_of, not_found
from simulator.products.autoinvoice_api.schemas import NETWORKS
from simulator.products.autoinvoice_api.table import call, sandbox
from simulator.products.autoinvoice_api.tokens import Caller
from simulator.web.calls import fields

VISMA, PEPPOL, SCAN = "VISMA", "PEPPOL", "SCAN"
SIMULATED = (VISMA, PEPPOL, SCAN)
PROFILES = {"INVOICE": "invoice", "CREDIT_NOTE": "credit_note"}
VERSIONS = ("PEPPOLBIS30", "EHF30")

NEW: fields.Shape = {
    "profiles": fields.list_of(fields.choice(*PROFILES), most=2),
    "profile_version": fields.choice(*VERSIONS),
    "endpoint_id": fields.stripped_line(longest=50),
    "scheme": fields.stripped_line(longest=4),
    "network": fields.choice(*NETWORKS, note="PEPPOL when left out."),
    "network_settings": fields.group(),
}


@call(
    "GET",
    "/v1/company/profiles",
    "company:read",
    query={
        "network": fields.list_of(fields.choice(*NETWORKS), most=len(NETWORKS)),
        "status": fields.list_of(fields.choice("active", "pending", "error"), most=3),
    },
)
def list_profiles(caller: Caller, network: list[str] | None, status: list[str] | None) -> list[schemas.Profile]:
    """List the networks through which the company receives."""
    with sandbox().reading() as db:
        return [
            profile
            for profile in _profiles(db, caller.company, caller.account)
            if (not network or profile["network"] in network) and (not status or profile["status"] in status)
        ]


@call("GET", "/v1/company/profiles/{id}", "company:read")
def get_profile(caller: Caller, id: str) -> schemas.Profile:
    """Show one network of the company."""
    with sandbox().reading() as db:
        return _profile(db, caller.company, caller.account, id)


@call("POST", "/v1/company/profiles", "company:write", status=201, body=NEW, changes=True)
def post_profile(caller: Caller, network: str | None, **options: Any) -> schemas.Profile:
    """Let the company receive through a network."""
    network = network or PEPPOL
    if network not in SIMULATED:
        raise ApiError(
            422, "profile_not_supported", "Profile is not supported", [f"network: only {', '.join(SIMULATED)} are simulated"]
        )
    with sandbox().transaction() as db:
        company = db.get_one(Company, caller.company.id)
        account = accounts.of(db, company)
        accounts.check_verified(account)
        problem = _ADD[network](db, caller, company, account, options)
    # Raised outside the transaction: that somebody else has the address leaves a line in the journal.
    if problem is not None:
        raise problem
    with sandbox().reading() as db:
        company = db.get_one(Company, caller.company.id)
        return next(profile for profile in _profiles(db, company, accounts.of(db, company)) if profile["network"] == network)


@call("DELETE", "/v1/company/profiles/{id}", "company:write", status=204, changes=True)
def delete_profile(caller: Caller, id: str) -> None:
    """Let the company no longer receive through a network."""
    problem = None
    with sandbox().transaction() as db:
        company = db.get_one(Company, caller.company.id)
        account = accounts.of(db, company)
        network = _profile(db, company, account, id)["network"]
        others = [profile["network"] for profile in _profiles(db, company, account) if profile["network"] != VISMA]
        if network == VISMA and others:
            raise ApiError(
                409,
                "profile_deletion_not_allowed",
                "Deletion of profile is not allowed",
                [f"close {', '.join(others)} first: they depend on {VISMA}"],
            )
        if network == VISMA:
            accounts.change(db, caller.person.email, account, receives=False)
        elif network == SCAN:
            accounts.change(db, caller.person.email, account, scan_active_from=None)
        else:
            problem = _leave(db, caller, company)
    if problem is not None:
        raise problem


def _add_visma(db: Db, caller: Caller, company: Company, account: Account, options: dict[str, Any]) -> ApiError | None:
    if account.receives:
        return _name_conflict()
    accounts.change(db, caller.person.email, account, receives=True)
    return None


def _add_scan(db: Db, caller: Caller, company: Company, account: Account, options: dict[str, Any]) -> ApiError | None:
    if account.scan_active_from is not None:
        return _name_conflict()
    from_ = db.clock.now() + delays.of(db, delays.SCAN_ACTIVATION)
    accounts.change(
        db,
        caller.person.email,
        account,
        scan_active_from=from_,
        scan_return_email=account.scan_return_email or company.email or caller.person.email,
    )
    return None


def _add_peppol(db: Db, caller: Caller, company: Company, account: Account, options: dict[str, Any]) -> ApiError | None:
    address = _address(company, options["scheme"], options["endpoint_id"])
    if set(options["profiles"] or PROFILES) != set(PROFILES):
        raise ApiError(
            422, "profile_not_supported", "Profile is not supported", ["profiles: INVOICE and CREDIT_NOTE go together"]
        )
    if company.country == "NO":
        answer = participants.register(db, actor_of(db, caller.person), company)
        return _conflict(answer)
    participant = participants.find(db, address[1], address[0])
    rows = participant.registrations if participant is not None else []
    if any(not row.access_point.ours for row in rows):
        return ApiError(
            422,
            "profile_eia_conflict",
            "Endpoint id is already in use",
            [f"{':'.join(address)} is {rows[0].access_point.name}'s"],
        )
    if rows:
        return _name_conflict()
    participants.add(
        db,
        access_points.ours(db),
        address[1],
        company.name,
        scheme=address[0],
        country=company.country,
        organisation_number=company.organisation_number,
        company=company,
        asked_by_id=caller.person.id,
    )
    return None


_ADD = {VISMA: _add_visma, SCAN: _add_scan, PEPPOL: _add_peppol}


def _leave(db: Db, caller: Caller, company: Company) -> ApiError | None:
    if company.country == "NO":
        answer = participants.deregister(db, actor_of(db, caller.person), company)
        return error_of(answer.refusal) if answer.refusal is not None else None
    ours = access_points.ours(db)
    for participant in participants.of_organisation(db, company.country, company.organisation_number):
        if any(row.access_point_id == ours.id for row in participant.registrations):
            participants.remove(db, ours, participant, caller.person.id)
    return None


def _address(company: Company, scheme: str | None, endpoint_id: str | None) -> tuple[str, str]:
    """Return the electronic address to register: the company's own number.

    Raises:
        ApiError: 422 ``profile_eia_bid_conflict``; or that none can be made.

    Source: AutoXChange API, changes of October 2025: the sentence.
    """
    own = parties.address_of(company.country, company.organisation_number)
    if own is None:
        raise ApiError(422, "profile_eia_missing", "Could not auto-generate scheme and endpoint_id from company business id")
    address = (scheme or own[0], endpoint_id or own[1])
    if address != own:
        raise ApiError(
            422,
            "profile_eia_bid_conflict",
            "Endpoint id does not match the company business id",
            [f"{':'.join(address)} was sent, the company's is {':'.join(own)}"],
        )
    return own


def _conflict(answer: participants.Answer) -> ApiError | None:
    if answer.changed:
        return None
    if answer.refusal is None:
        return _name_conflict()
    refused = error_of(answer.refusal)
    code = answer.conflict or refused.code
    messages = {
        "profile_eia_conflict": "Endpoint id is already in use",
        "profile_eia_bid_conflict": "Could not auto-generate scheme and endpoint_id from company business id",
    }
    return ApiError(422, code, messages.get(code, refused.message), refused.details)


def _name_conflict() -> ApiError:
    return ApiError(422, "profile_name_conflict", "Profile is already registered for given endpoint id")


def _profile(db: Db, company: Company, account: Account, id_: str) -> schemas.Profile:
    profile = next((profile for profile in _profiles(db, company, account) if profile["id"] == id_), None)
    if profile is None:
        raise not_found("profile")
    return profile


def _profiles(db: Db, company: Company, account: Account) -> list[schemas.Profile]:
    profiles: list[schemas.Profile] = []
    own = parties.address_of(company.country, company.organisation_number)
    if account.receives:
        profile: schemas.Profile = {"id": _id(account, VISMA), "status": "active", "network": VISMA}
        if own:
            profile["scheme"], profile["endpoint_id"] = own
        profiles.append(profile)
    ours = access_points.ours(db)
    for participant in participants.of_organisation(db, company.country, company.organisation_number):
        rows = [row for row in participant.registrations if row.access_point_id == ours.id]
        if rows:
            types = {type_: profile for profile, type_ in PROFILES.items()}
            profiles.append(
                {
                    "id": _id(account, f"{PEPPOL}:{participant.icd}:{participant.identifier}"),
                    "status": "active" if all(row.state == State.ACTIVE for row in rows) else "pending",
                    "profiles": [types[row.document_type] for row in rows if row.document_type in types],
                    "profile_version": VERSIONS[0],
                    "endpoint_id": participant.identifier,
                    "scheme": participant.icd,
                    "network": PEPPOL,
                }
            )
    if account.scan_active_from is not None:
        active = db.clock.now() >= account.scan_active_from
        profiles.append({"id": _id(account, SCAN), "status": "active" if active else "pending", "network": SCAN})
    return profiles


def _id(account: Account, what: str) -> str:
    return str(uuid5(UUID(account.uuid), what))
