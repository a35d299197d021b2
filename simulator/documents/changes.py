"""What can change of documents, of the companies that send and receive them, and of registers; see ``core.changes``."""

from collections.abc import Sequence

from sqlalchemy import select

from simulator.core.changes import Area, Key, Label, Thing
from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.model.models import Account, Document, Participant, Party, Registration


def _documents(db: Db) -> dict[Key, Thing]:
    """Describe documents; those of recorded consumption are no news, because they are made when they are first read."""
    rows = db.execute(
        select(Document, Company.name, Party.name)
        .join(Company, Company.id == Document.company_id)
        .join(Party, Party.id == Document.party_id)
    )
    return {
        (document.uuid,): Thing(
            names={
                "direction": Label(document.direction, f"diff.direction.{document.direction}"),
                "number": document.number,
                "company": company,
                "party": party,
                "total": document.total,
                "currency": document.currency,
            },
            values={
                "status": Label(document.status, f"autoinvoice.status.{document.status}"),
                "mark": document.mark,
                "channel": Label(document.channel, f"autoinvoice.channel.{document.channel}") if document.channel else None,
                "charged": document.charged,
            },
            at=document.created_at,
            silent=document.unpacked,
        )
        for document, company, party in rows
    }


def _accounts(db: Db) -> dict[Key, Thing]:
    rows = db.execute(select(Account, Company.name).join(Company, Company.id == Account.company_id))
    return {
        (account.company_id,): Thing(
            names={"company": company},
            values={
                "verified": account.verified,
                "email_enabled": account.email_enabled,
                "print_enabled": account.print_enabled,
                "stop_duplicates": account.stop_duplicates,
            },
        )
        for account, company in rows
    }


def _registrations(db: Db) -> dict[Key, Thing]:
    rows = db.execute(select(Registration, Participant).join(Participant, Participant.id == Registration.participant_id))
    return {
        (participant.icd, participant.identifier, registration.document_type): Thing(
            names={
                "name": participant.name,
                "address": f"{participant.icd}:{participant.identifier}",
                "document_type": registration.document_type,
            },
            values={"status": Label(registration.state, f"elma.state.{registration.state}")},
            at=registration.registered_at,
        )
        for registration, participant in rows
    }


AREAS: Sequence[Area] = (
    Area("document", _documents),
    Area("account", _accounts),
    Area("registration", _registrations),
)
