"""The server's own certificates: an authority that signs for private networks only, and what it signed for this server.

Own choice: whoever trusts the authority on a device trusts it for addresses of private networks and this machine's own names only
(RFC 5280, section 4.2.1.10), because its key lies in a data directory. Browsers take a certificate for 398 days at most.
"""

import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from simulator.core.clock import machine_now
from simulator.settings import Certificate

FOLDER = "tls"
"""Of a data directory, with the authority and what it signed."""
YEARS_OF_AUTHORITY = 10
DAYS, RENEWED_BEFORE = 397, 30
"""How long a certificate is valid, and how many days before its end the next start makes another."""
NAME = "vnsim, a simulator"

PRIVATE_NETWORKS = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)
PRIVATE_NAMES = ("localhost", "local")
"""What an authority may sign for, with all names below them."""


def own_certificate(data_dir: Path, hosts: Sequence[str]) -> Certificate:
    """Return the certificate of this server by its own authority; made, or made anew, where it does not do.

    Args:
        data_dir: the data directory, which is held.
        hosts: names and addresses by which the server is reached; ``localhost`` and the loopback addresses are added.
    """
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = Certificate(chain=folder / "server.pem", key=folder / "server.key", authority=folder / "authority.pem")
    names = list(dict.fromkeys([*hosts, "localhost", "127.0.0.1", "::1"]))
    authority = _Authority.read(folder)
    if authority is None or not authority.may_sign(names):
        authority = _Authority.make(folder, names)
    if not _does(files, authority, names):
        authority.sign(files, names)
    return files


class _Authority:
    """An authority with its key."""

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self.certificate = certificate
        self.key = key

    @classmethod
    def read(cls, folder: Path) -> "_Authority | None":
        """Return the authority of a folder; None when there is none, its files are damaged, or it ends before long."""
        try:
            certificate = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
            key = serialization.load_pem_private_key((folder / "authority.key").read_bytes(), None)
        except (OSError, ValueError, TypeError):
            return None
        ends = certificate.not_valid_after_utc
        if not isinstance(key, ec.EllipticCurvePrivateKey) or ends < machine_now() + timedelta(days=DAYS):
            return None
        return cls(certificate, key) if certificate.public_key() == key.public_key() else None

    @classmethod
    def make(cls, folder: Path, names: Sequence[str]) -> "_Authority":
        """Make an authority for private networks, and for those names that are none of them."""
        key, now = ec.generate_private_key(ec.SECP256R1()), machine_now()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{NAME} on {socket.gethostname()[:40]}")])
        networks = [ip_network(network) for network in PRIVATE_NETWORKS]
        permitted: list[x509.GeneralName] = [x509.DNSName(name) for name in PRIVATE_NAMES]
        permitted += [x509.IPAddress(network) for network in networks]
        permitted += [_constraint(name) for name in names if not _is_permitted(name, permitted)]
        builder = _builder(subject, subject, key.public_key(), now, timedelta(days=365 * YEARS_OF_AUTHORITY))
        builder = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None), critical=True)
        )
        certificate = builder.sign(key, hashes.SHA256())
        _write(folder / "authority.key", _private(key))
        _write(folder / "authority.pem", certificate.public_bytes(serialization.Encoding.PEM))
        return cls(certificate, key)

    def may_sign(self, names: Sequence[str]) -> bool:
        """Return whether the authority may sign for all of these names."""
        try:
            constraints = self.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        except x509.ExtensionNotFound:
            return False
        return all(_is_permitted(name, constraints.permitted_subtrees or []) for name in names)

    def sign(self, files: Certificate, names: Sequence[str]) -> None:
        """Make a key, and a certificate of it for these names."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
        builder = _builder(subject, self.certificate.subject, key.public_key(), machine_now(), timedelta(days=DAYS))
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        certificate = (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
            .add_extension(issuer, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        _write(files.key, _private(key))
        _write(files.chain, certificate.public_bytes(serialization.Encoding.PEM))


def _does(files: Certificate, authority: _Authority, names: Sequence[str]) -> bool:
    """Return whether a certificate is there, of this authority, for these names, and valid for some time."""
    try:
        certificate = x509.load_pem_x509_certificate(files.chain.read_bytes())
        key = serialization.load_pem_private_key(files.key.read_bytes(), None)
        certificate.verify_directly_issued_by(authority.certificate)
        signed = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except Exception:
        # Whatever is wrong with it, it is made anew.
        return False
    lasts = certificate.not_valid_after_utc > machine_now() + timedelta(days=RENEWED_BEFORE)
    return lasts and key.public_key() == certificate.public_key() and set(signed) == {_general(name) for name in names}


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    # A day earlier, for devices whose clock is late.
    begins = now - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _constraint(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_network(name))
    except ValueError:
        return x509.DNSName(name)


def _is_permitted(name: str, permitted: Sequence[x509.GeneralName]) -> bool:
    general = _general(name)
    if isinstance(general, x509.IPAddress):
        networks = [item.value for item in permitted if isinstance(item, x509.IPAddress)]
        return any(general.value in network for network in networks if isinstance(network, IPv4Network | IPv6Network))
    names = [item.value for item in permitted if isinstance(item, x509.DNSName)]
    return any(name == item or name.endswith(f".{item}") for item in names)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption())


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(content)
    fresh.replace(path)
