"""What a server is told when it starts. The only reader of the environment is the command line, through click."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT = "default"
"""Name of the sandbox that the server makes when it starts."""

SERVER_FILE = "server.json"
"""Name of the file in which the server of a data directory says where it is."""

TOKEN_FILE = "control-token"
"""Name of the file in which a server for a network keeps its control token."""

AFTER_THE_ANSWER = "vnsim.after_the_answer"
"""Key of a request's environment: takes a function that the server calls once the answer is sent. Other servers have none."""

LARGEST_IMPORT = 1024 * 1024 * 1024
"""Own choice: bytes of the file of a sandbox, exported or imported; the scenario ``busy`` has about ninety million."""
TOO_LARGE_FOR_A_FILE = f"The file of a sandbox may have {LARGEST_IMPORT} bytes at most, exported or imported."

LARGEST_UPLOAD = 20 * 1024 * 1024
"""Own choice: bytes of a request that sends an invoice to AutoInvoice's interface for programs."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What the server shows to clients of TLS; all files are in PEM.

    Attributes:
        chain: file with the certificate, and those between it and its authority.
        key: file with its private key.
        authority: file with the certificate of this server's own authority; None for a certificate of another one.
    """

    chain: Path
    key: Path
    authority: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a server needs to know, immutable.

    Attributes:
        data_dir: where sandboxes and templates are kept.
        host: the host it listens on.
        port: the port it listens on.
        scenario: from which the sandbox ``default`` is made.
        scenarios: a folder with further scenarios, or None.
        control_token: asked from clients of the control API and the lobby; None on loopback.
        public_url: absolute address that pages and mails use, without a closing slash; None for ``localhost`` and the port.
        password_profile: ``fast`` or ``realistic``.
        sandbox_quota: bytes that each sandbox may store.
        webhook_hosts: hosts that webhooks may call besides this machine.
        templates: where built scenarios are kept; None for the data directory.
        certificate: with which the server speaks TLS; None for plain HTTP.
    """

    data_dir: Path
    host: str = "localhost"
    port: int = 8000
    scenario: str = "accountant-nl"
    scenarios: Path | None = None
    control_token: str | None = None
    public_url: str | None = None
    password_profile: str = "fast"
    sandbox_quota: int = 512 * 1024 * 1024
    webhook_hosts: tuple[str, ...] = ()
    templates: Path | None = None
    certificate: Certificate | None = None

    @property
    def templates_dir(self) -> Path:
        """Where built scenarios are kept."""
        return self.templates or self.data_dir / "templates"

    @property
    def base_address(self) -> str:
        """Absolute address of the platform, without a closing slash."""
        return (self.public_url or f"{self.scheme}://localhost:{self.port}").rstrip("/")

    @property
    def scheme(self) -> str:
        """What the server itself speaks, whatever a proxy in front of it does."""
        return "http" if self.certificate is None else "https"

    @property
    def secure(self) -> bool:
        """Whether cookies may travel over TLS only."""
        return urlsplit(self.base_address).scheme == "https"

    @property
    def public_host(self) -> str:
        """Host of the public address, in lower case; empty when there is none.

        Raises:
            ValueError: the public address is none.
        """
        return (urlsplit(self.public_url).hostname or "") if self.public_url else ""

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in LOOPBACK

    @property
    def is_private(self) -> bool:
        """Whether only people at this machine use the server; behind a public address, or with others on a network, they do not."""
        return self.on_loopback and self.public_host in ("", *LOOPBACK)
