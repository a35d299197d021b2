"""The SMP: which types of documents a participant receives, and at which address of which access point.

Source: Peppol, Service Metadata Publishing: ServiceGroup and SignedServiceMetadata, identifiers in any case for participants and to
the letter for types of documents. Own choice: one SMP for everybody in a sandbox; access points have made-up addresses and share
its certificate; it knows a participant from when an access point registers it, before the SML leads to it.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote
from xml.sax.saxutils import escape

from sqlalchemy import bindparam, select

from simulator.core import normal_forms
from simulator.core.sandbox import Sandbox
from simulator.documents.model.models import AccessPoint, Participant, Registration
from simulator.documents.peppol.smp_key import SmpKey
from simulator.documents.registers import schemes
from simulator.documents.registers.document_types import BY_CODE, DocumentType

NAMESPACE = "http://busdox.org/serviceMetadata/publishing/1.0/"
IDENTIFIERS = "http://busdox.org/transport/identifiers/1.0/"
ADDRESSING = "http://www.w3.org/2005/08/addressing"
PROCESS_SCHEME = "cenbii-procid-ubl"
PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
TRANSPORT = "peppol-transport-as4-v2_0"
BY_IDENTIFIER = {type_.identifier: type_ for type_ in BY_CODE.values()}


@dataclass(frozen=True)
class Service:
    """A type of document that is received, and the access point that receives it."""

    type: DocumentType
    since: datetime
    access_point_key: str
    access_point: str


@dataclass(frozen=True)
class Group:
    """What the SMP knows of a participant; ``identifier`` is written as the register has it."""

    identifier: str
    services: tuple[Service, ...]


_READ = (
    select(
        Participant.icd,
        Participant.identifier,
        Registration.document_type,
        Registration.registered_at,
        AccessPoint.key,
        AccessPoint.name,
    )
    .select_from(Participant)
    .join(Registration, Registration.participant_id == Participant.id)
    .join(AccessPoint, AccessPoint.id == Registration.access_point_id)
    .where(
        Participant.icd == bindparam("scheme"),
        Participant.identifier == bindparam("identifier"),
    )
    .order_by(Registration.id)
)
"""Made once: this is asked for more often than anything else."""


def read(sandbox: Sandbox, participant: str) -> Group | None:
    """Return what the SMP knows of a participant, or None.

    Args:
        sandbox: whose registers.
        participant: ``iso6523-actorid-upis::0192:310000019``.
    """
    parts = schemes.split(participant)
    if not normal_forms.participant(participant).startswith(f"{schemes.NETWORK.upper()}::") or parts is None:
        return None
    scheme, identifier = parts
    rows = sandbox.rows(_READ, scheme=scheme, identifier=identifier)
    if not rows:
        return None
    services = tuple(Service(BY_CODE[code], since, key, name) for _, _, code, since, key, name in rows)
    return Group(f"{scheme}:{rows[0][1]}", services)


def service(group: Group, document_type: str) -> Service | None:
    """Return what is known of a type of document, or None; its identifier is compared to the letter."""
    requested_type = BY_IDENTIFIER.get(document_type)
    return next((service for service in group.services if service.type is requested_type), None)


@lru_cache(maxsize=2_000)
def group_xml(group: Group, smp: str) -> bytes:
    """Write a ServiceGroup.

    Args:
        group: what is known.
        smp: address of the SMP, without a slash at the end.
    """
    home = f"{smp}/{quote(f'{schemes.NETWORK}::{group.identifier}', safe='')}"
    references = "".join(
        f'<ServiceMetadataReference href="{escape(home)}/services/{quote(service.type.identifier, safe="")}"/>'
        for service in group.services
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ServiceGroup xmlns="{NAMESPACE}" xmlns:ids="{IDENTIFIERS}">{_participant(group)}'
        f"<ServiceMetadataReferenceCollection>{references}</ServiceMetadataReferenceCollection></ServiceGroup>"
    ).encode()


@lru_cache(maxsize=2_000)
def metadata_xml(group: Group, service: Service, key: SmpKey) -> bytes:
    """Write a ServiceMetadata, without a signature."""
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + _metadata(group, service, key, root=True)).encode()


@lru_cache(maxsize=2_000)
def signed_xml(group: Group, service: Service, key: SmpKey) -> bytes:
    """Write a SignedServiceMetadata; the same is written and signed once."""
    inside = _metadata(group, service, key, root=False)
    return key.sign(f'<SignedServiceMetadata xmlns="{NAMESPACE}">{inside}</SignedServiceMetadata>'.encode())


def _participant(group: Group) -> str:
    return f'<ids:ParticipantIdentifier scheme="{schemes.NETWORK}">{escape(group.identifier)}</ids:ParticipantIdentifier>'


def _metadata(group: Group, service: Service, key: SmpKey, *, root: bool) -> str:
    scheme, _, value = service.type.identifier.partition("::")
    host = f"{service.access_point_key.replace('_', '-')}.example"
    namespaces = f' xmlns="{NAMESPACE}"' if root else ""
    return (
        f'<ServiceMetadata{namespaces} xmlns:ids="{IDENTIFIERS}" xmlns:wsa="{ADDRESSING}"><ServiceInformation>'
        f"{_participant(group)}"
        f'<ids:DocumentIdentifier scheme="{scheme}">{escape(value)}</ids:DocumentIdentifier>'
        "<ProcessList><Process>"
        f'<ids:ProcessIdentifier scheme="{PROCESS_SCHEME}">{PROCESS}</ids:ProcessIdentifier>'
        f'<ServiceEndpointList><Endpoint transportProfile="{TRANSPORT}">'
        f"<wsa:EndpointReference><wsa:Address>https://as4.{escape(host)}/as4</wsa:Address></wsa:EndpointReference>"
        "<RequireBusinessLevelSignature>false</RequireBusinessLevelSignature>"
        f"<ServiceActivationDate>{service.since.strftime('%Y-%m-%dT%H:%M:%SZ')}</ServiceActivationDate>"
        f"<Certificate>{key.certificate_base64}</Certificate>"
        f"<ServiceDescription>{escape(service.access_point)}</ServiceDescription>"
        f"<TechnicalContactUrl>https://{escape(host)}/support</TechnicalContactUrl>"
        "</Endpoint></ServiceEndpointList></Process></ProcessList></ServiceInformation></ServiceMetadata>"
    )
