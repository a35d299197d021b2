"""The SMP: ServiceGroup and SignedServiceMetadata."""

from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from lxml import etree
from lxml.etree import _Element
from signxml.exceptions import InvalidSignature
from signxml.verifier import XMLVerifier

from simulator.core.sandbox import Sandbox
from simulator.core.store import Store
from simulator.documents.peppol import smp_key
from simulator.documents.registers import access_points, participants
from simulator.documents.registers.document_types import CREDIT_NOTE, INVOICE
from simulator.documents.registers.participants import deregister
from tests.documents import norway as no

SMP = "/s/norway/smp/"
PARTICIPANT = "iso6523-actorid-upis::0192:310000019"
SERVICE = f"{SMP}{quote(PARTICIPANT, safe='')}/services/{quote(INVOICE.identifier, safe='')}"
NAMES = {
    "smp": "http://busdox.org/serviceMetadata/publishing/1.0/",
    "ids": "http://busdox.org/transport/identifiers/1.0/",
    "wsa": "http://www.w3.org/2005/08/addressing",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}


def texts(element: _Element, path: str) -> list[str]:
    """Return the texts that an XPath selects."""
    return [str(text) for text in select(element, path)]


def select(element: _Element, path: str) -> list[Any]:
    """Return the elements or texts that an XPath selects."""
    return cast(list[Any], element.xpath(path, namespaces=NAMES))


def read(program: FlaskClient, path: str) -> _Element:
    """Get an XML document."""
    answer = program.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    return etree.fromstring(answer.data)


@pytest.mark.parametrize(
    "written",
    [
        PARTICIPANT,
        quote(PARTICIPANT, safe=""),
        "ISO6523-ACTORID-UPIS::0192:310000019",
        "iso6523-actorid-upis%3A%3A0192:310000019",
    ],
)
def test_a_service_group_lists_the_received_document_types(program: FlaskClient, written: str) -> None:
    group = read(program, SMP + written)
    assert group.tag == f"{{{NAMES['smp']}}}ServiceGroup"
    assert texts(group, "ids:ParticipantIdentifier/text()") == ["0192:310000019"]
    assert texts(group, "ids:ParticipantIdentifier/@scheme") == ["iso6523-actorid-upis"]
    references = texts(group, "smp:ServiceMetadataReferenceCollection/smp:ServiceMetadataReference/@href")
    assert references == [
        "http://localhost:8000/s/norway/smp/iso6523-actorid-upis%3A%3A0192%3A310000019/services/"
        + quote(identifier, safe="")
        for identifier in (INVOICE.identifier, CREDIT_NOTE.identifier)
    ]


def test_every_reference_of_a_service_group_leads_to_signed_metadata(program: FlaskClient) -> None:
    group = read(program, SMP + PARTICIPANT)
    for reference in texts(group, "//smp:ServiceMetadataReference/@href"):
        assert read(program, reference.removeprefix("http://localhost:8000")).tag.endswith("}SignedServiceMetadata")


def test_metadata_tell_where_the_access_point_receives(program: FlaskClient) -> None:
    metadata = read(program, SERVICE)
    information = "smp:ServiceMetadata/smp:ServiceInformation/"
    assert texts(metadata, information + "ids:ParticipantIdentifier/text()") == ["0192:310000019"]
    assert texts(metadata, information + "ids:DocumentIdentifier/@scheme") == ["busdox-docid-qns"]
    assert texts(metadata, information + "ids:DocumentIdentifier/text()") == [INVOICE.identifier.partition("::")[2]]
    process = information + "smp:ProcessList/smp:Process/"
    assert texts(metadata, process + "ids:ProcessIdentifier/@scheme") == ["cenbii-procid-ubl"]
    assert texts(metadata, process + "ids:ProcessIdentifier/text()") == ["urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"]
    endpoint = process + "smp:ServiceEndpointList/smp:Endpoint/"
    assert texts(metadata, endpoint.rstrip("/") + "/@transportProfile") == ["peppol-transport-as4-v2_0"]
    assert texts(metadata, endpoint + "wsa:EndpointReference/wsa:Address/text()") == ["https://as4.autoinvoice.example/as4"]
    assert texts(metadata, endpoint + "smp:ServiceActivationDate/text()") == ["2020-07-01T07:00:00Z"]
    assert texts(metadata, endpoint + "smp:ServiceDescription/text()") == ["Visma.net AutoInvoice"]
    assert [child.tag.rpartition("}")[2] for child in select(metadata, endpoint + "*")] == [
        "EndpointReference", "RequireBusinessLevelSignature", "ServiceActivationDate", "Certificate", "ServiceDescription",
        "TechnicalContactUrl",
    ]  # fmt: skip


def test_the_signature_is_right_and_of_the_certificate_of_the_smp(program: FlaskClient, store: Store) -> None:
    answer = program.get(SERVICE)
    certificate = smp_key.of(store.directory).certificate.decode()
    verified = XMLVerifier().verify(answer.data, x509_cert=certificate)
    assert not isinstance(verified, list)
    assert verified.signed_xml is not None
    assert verified.signed_xml.tag.endswith("}SignedServiceMetadata")
    signature = etree.fromstring(answer.data).find("ds:Signature", NAMES)
    assert signature is not None
    assert texts(signature, "ds:SignedInfo/ds:SignatureMethod/@Algorithm") == [
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    ]
    assert texts(signature, "ds:KeyInfo/ds:X509Data/ds:X509Certificate") != []


def test_a_changed_document_has_no_right_signature(program: FlaskClient, store: Store) -> None:
    changed = program.get(SERVICE).data.replace(b"as4.autoinvoice", b"as4.intruder")
    with pytest.raises(InvalidSignature):
        XMLVerifier().verify(changed, x509_cert=smp_key.of(store.directory).certificate.decode())


def test_metadata_come_without_a_signature_when_asked_for(program: FlaskClient) -> None:
    metadata = read(program, SERVICE + "?unsigned=1")
    assert metadata.tag == f"{{{NAMES['smp']}}}ServiceMetadata"
    assert metadata.find(".//ds:Signature", NAMES) is None
    signed = read(program, SERVICE).find("smp:ServiceMetadata", NAMES)
    assert signed is not None
    assert texts(metadata, "//text()") == texts(signed, ".//text()")


def test_the_same_is_signed_once_and_answered_alike(program: FlaskClient) -> None:
    assert program.get(SERVICE).data == program.get(SERVICE).data


def test_the_key_stays_with_the_data_directory_and_is_nobody_elses(
    program: FlaskClient, store: Store, tmp_path: Path
) -> None:
    program.get(SERVICE)
    path = store.directory / smp_key.FILE
    assert path.stat().st_mode & 0o077 == 0
    other = smp_key.of(tmp_path)
    assert other.key != smp_key.of(store.directory).key
    assert other.certificate.splitlines()[0] == b"-----BEGIN CERTIFICATE-----"
    smp_key._keys.clear()
    assert smp_key.of(tmp_path) == other


def test_a_new_access_point_shows_at_once(program: FlaskClient, norway: Sandbox) -> None:
    before = program.get(SERVICE).data
    no.ask_and_wait(norway, deregister, no.REGISTERED)
    assert program.get(SERVICE).status_code == 404
    with norway.transaction() as db:
        participants.enter(db, no.REGISTERED, "Fjordlys Drift AS", access_points.by_key(db, "nordavind"))
    after = program.get(SERVICE).data
    assert b"as4.nordavind.example" in after
    assert after != before


@pytest.mark.parametrize(
    "path",
    [
        "iso6523-actorid-upis::0192:310000035",
        "iso6523-actorid-upis::0192:310000018",
        "0192:310000019",
        "other::0192:310000019",
        "x",
        "a" * 3000,
        PARTICIPANT + "/services/" + quote(INVOICE.identifier.upper(), safe=""),
        PARTICIPANT + "/services/busdox-docid-qns::other",
        PARTICIPANT + "/services/a/b/c",
    ],
)
def test_unknown_participants_and_types_are_not_found(program: FlaskClient, path: str) -> None:
    answer = program.get(SMP + path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_name_with_signs_of_markup_is_written_as_text(program: FlaskClient, norway: Sandbox) -> None:
    with norway.transaction() as db:
        other = access_points.add(db, "odd", "A & B <access>")
        participants.enter(db, "310000043", "Øl & <b>", other)
    metadata = read(program, f"{SMP}iso6523-actorid-upis::0192:310000043/services/{quote(INVOICE.identifier, safe='')}")
    assert texts(metadata, "//smp:ServiceDescription/text()") == ["A & B <access>"]


def test_participants_of_other_schemes_are_compared_in_any_case(program: FlaskClient, norway: Sandbox) -> None:
    with norway.transaction() as db:
        participants.enter(db, "NL123456789B01", "Bakkerij", access_points.ours(db), scheme="9944")
    assert texts(read(program, SMP + "iso6523-actorid-upis::9944:nl123456789b01"), "ids:ParticipantIdentifier/text()") == [
        "9944:NL123456789B01"
    ]


def test_programs_need_no_cookies(program: FlaskClient) -> None:
    assert "Set-Cookie" not in program.get(SERVICE).headers
    assert program.get("/s/nowhere/smp/" + PARTICIPANT).status_code == 404
    assert program.post(SMP + PARTICIPANT).status_code == 405
