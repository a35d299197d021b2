"""Clients by other authors: Node, the packages of a lock file, and a person who signs in on the pages of Connect over HTTP."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin
from urllib.request import Request, urlopen

import pytest
import requests

from tests.visits import Form, forms_on
from tools.typescript import find_node

BUILT = Path(__file__).resolve().parents[1] / "build" / "foreign"
UNREACHABLE = (
    "ENOTFOUND",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "EAI_AGAIN",
    "ENETUNREACH",
    "ERR_SOCKET_TIMEOUT",
    "_CERT",
)
"""What npm says when it cannot reach its registry, or not the one that it may trust."""
SECONDS = 240
PAGES_OF_A_SIGN_IN = 12


def node() -> tuple[str, str]:
    """Return where Node and its npm are."""
    return find_node()


def install(packages: Path, fresh: Path) -> Path:
    """Return a folder with packages installed by their lock file, kept between runs.

    Args:
        packages: the folder with ``package.json`` and ``package-lock.json``.
        fresh: an empty folder to install them in.
    """
    digest = sha256((packages / "package-lock.json").read_bytes()).hexdigest()[:16]
    home = BUILT / digest
    if not (home / "node_modules").is_dir():
        for name in ("package.json", "package-lock.json"):
            shutil.copy(packages / name, fresh)
        program, npm = node()
        command = [program, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        # The machine's certificates count, as they do for every other program that fetches packages.
        trusting = os.environ | {"NODE_OPTIONS": "--use-system-ca"}
        run = subprocess.run(command, cwd=fresh, env=trusting, capture_output=True, text=True, timeout=SECONDS, check=False)
        if run.returncode != 0 and any(word in run.stderr for word in UNREACHABLE):
            pytest.skip("the registry of npm cannot be reached from here")
        assert run.returncode == 0, run.stderr
        BUILT.mkdir(parents=True, exist_ok=True)
        waiting = BUILT / f"{digest}.{os.getpid()}"
        shutil.copytree(fresh, waiting, symlinks=True)
        try:
            waiting.rename(home)
        except OSError:
            # Another process was quicker.
            shutil.rmtree(waiting)
    return home


def control(url: str, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
    """Make a call of the control API, with its token where it asks for one."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    with urlopen(Request(f"{url}/_sim{path}", data, headers, method=method)) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@dataclass
class RemotePerson:
    """A person of the cast at a browser without a window, in a sandbox of a server that runs elsewhere.

    Attributes:
        server: address of the server.
        sandbox: name of the sandbox.
        cast: the person as the control API describes it.
        token: the token of the control API, where it asks for one.
        home: address of the sandbox, with the key that opens it on a network; None for the usual one.
    """

    server: str
    sandbox: str
    cast: dict[str, Any]
    token: str | None = None
    home: str | None = None

    def __post_init__(self) -> None:
        self.browser = requests.Session()

    @classmethod
    def of(cls, server: str, options: dict[str, Any], key: str) -> Self:
        """Make a sandbox and return a person of its cast."""
        made = control(server, "POST", "/sandboxes", options)
        return cls(server, made["name"], next(entry for entry in made["people"] if entry["key"] == key))

    @property
    def name(self) -> str:
        """The first and last name."""
        return f"{self.cast['first_name']} {self.cast['last_name']}"

    @property
    def issuer(self) -> str:
        """The issuer of the sandbox's tokens."""
        return f"{self.home or f'{self.server}/s/{self.sandbox}'}/connect"

    def sign_in(self, address: str) -> str:
        """Open an address, do what the pages of Connect ask for, and return the address outside of the server it leads to.

        The address may be the application's, which sends the browser here.
        """
        answer = self.browser.get(address, allow_redirects=False)
        for _ in range(PAGES_OF_A_SIGN_IN):
            while answer.is_redirect:
                target = urljoin(answer.url, answer.headers["Location"])
                if not target.startswith(f"{self.server}/"):
                    return target
                answer = self.browser.get(target, allow_redirects=False)
            answer = self._send_form(answer)
        raise AssertionError(f"The sign-in does not end: {answer.url}")

    def _send_form(self, page: requests.Response) -> requests.Response:
        assert page.status_code == 200, page.text
        form, values = self._filled_in(page)
        return self.browser.post(urljoin(page.url, form.action), data=values, allow_redirects=False)

    def _filled_in(self, page: requests.Response) -> tuple[Form, dict[str, str]]:
        """Return the form that the page asks to be filled in, and what the person types."""
        path = page.url.removeprefix(self.server)
        for form in forms_on(page.text, path):
            if "Username" in form.fields:
                return form, {**form.values.to_dict(), "Username": self.cast["email"]}
            if "Password" in form.fields:
                return form, {**form.values.to_dict(), "Password": self.cast["password"]}
            if "AuthCode" in form.fields:
                path = f"/sandboxes/{self.sandbox}/people/{self.cast['email']}/totp"
                code = control(self.server, "GET", path, token=self.token)["code"]
                return form, {**form.values.to_dict(), "AuthCode": code}
        raise AssertionError(f"Nothing to fill in: {page.url}\n{page.text}")
