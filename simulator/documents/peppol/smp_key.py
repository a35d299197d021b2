"""The key and certificate with which the SMP signs, made when something is signed first and kept in the data directory.

Source: Peppol, Service Metadata Publishing: an enveloped signature, RSA with SHA-256. Own choice: one self-signed certificate for
all sandboxes of a data directory, good for two centuries, because a sandbox's clock may show any year; the real network checks that
it was issued by its own authority, which nothing here can pretend to be.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock

from simulator.core.chance import machine_rsa_key

FILE = "smp-key.pem"
NAME = "SMP of a simulator, nobody's real certificate"
FROM, UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"

_making = Lock()
_keys: dict[Path, "SmpKey"] = {}


@dataclass(frozen=True)
class SmpKey:
    """A private key and its certificate, both as PEM."""

    key: bytes
    certificate: bytes

    @cached_property
    def certificate_base64(self) -> str:
        """The certificate as metadata carry it."""
        return "".join(self.certificate.decode().split("-----")[2].split())

    def sign(self, xml: bytes) -> bytes:
        """Return a document with an enveloped signature."""
        from lxml import etree
        from signxml import methods
        from signxml.signer import XMLSigner

        signer = XMLSigner(
            method=methods.enveloped,
            signature_algorithm="rsa-sha256",
            digest_algorithm="sha256",
            c14n_algorithm=C14N,
        )
        signed = signer.sign(etree.fromstring(xml), key=self.key, cert=[self.certificate.decode()])
        return etree.tostring(signed, xml_declaration=True, encoding="UTF-8")


def of(directory: Path) -> SmpKey:
    """Return the key of a data directory; made, and kept there, when it has none."""
    path = directory / FILE
    smp_key = _keys.get(path)
    if smp_key is not None:
        return smp_key
    with _making:
        if not path.is_file():
            _make(path)
        key, _, certificate = path.read_bytes().partition(_CERTIFICATE)
        return _keys.setdefault(path, SmpKey(key, _CERTIFICATE + certificate))


_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


def _make(path: Path) -> None:
    """Write key and certificate; of two processes that do so at once, the first one's stay."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.x509.oid import NameOID

    pem = machine_rsa_key()
    private = serialization.load_pem_private_key(pem, None)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())  # type: ignore[arg-type]
        .serial_number(1)
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .sign(private, hashes.SHA256())  # type: ignore[arg-type]
    )
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    if not path.is_file():
        fresh.replace(path)
    fresh.unlink(missing_ok=True)
