"""What visitors of a sandbox do: sign in, and write something."""

import time
from typing import Any

import pyotp

from bench.client import Answer, Client
from bench.vnsim import SCENARIO, Served

STEP = 30
"""Seconds for which a code is good."""


def make_sandbox(server: Served, **options: Any) -> Any:
    """Make a sandbox with a clock that shows the machine's time."""
    return server.api.call("POST", "/sandboxes", {"scenario": SCENARIO, **options})


def path_of(sandbox: Any) -> str:
    """Return the path below which a sandbox is reached."""
    return f"/s/{sandbox['name']}"


def person(sandbox: Any, key: str = "administrator") -> Any:
    """Return one of the named cast."""
    return next(member for member in sandbox["people"] if member["key"] == key)


def sign_in(client: Client, url: str, who: Any) -> Answer:
    """Sign in as people do: address, password, code of the authenticator, and the overview that follows.

    Raises:
        AssertionError: it did not lead to the overview.
    """
    page = client.get(f"{url}/connect/")
    page = client.post(page.path, page.token, Username=who["email"])
    page = client.post(page.path, page.token, Password=who["password"])
    page = client.post(page.path, page.token, AuthCode=pyotp.TOTP(who["totp_secret"]).now())
    assert page.status == 200 and page.path == f"{url}/home/", f"{page.status} {page.path}"
    return page


def wait_for_a_whole_code() -> None:
    """Wait until a code is good for some seconds more, so that none runs out under way."""
    left = STEP - time.time() % STEP
    if left < 3:
        time.sleep(left)


def write_first(client: Client, url: str) -> None:
    """Write into a sandbox for the first time.

    Raises:
        AssertionError: it was refused.
    """
    add_user(client, url, "first.write@bench.example")


def add_user(client: Client, url: str, email: str) -> Answer:
    """Add a user in Admin, the platform's most usual action: the form, its answer, and the list with the user.

    Raises:
        AssertionError: it was refused.
    """
    page = client.get(f"{url}/admin/users/add")
    page = client.post(
        page.path,
        page.token,
        email=email,
        first_name="First",
        last_name="Write",
        language="nl",
        access_to=_first_choice(page),
        roles="customer_administrator",
    )
    assert page.status == 200 and page.path == f"{url}/admin/users", f"{page.status} {page.path}"
    return page


def _first_choice(page: Answer) -> str:
    """Return the first choice of the list ``access_to``."""
    choices = page.text.partition('name="access_to"')[2].partition("</select>")[0]
    values = [part.partition('"')[0] for part in choices.split('value="')[1:]]
    return next(value for value in values if value)


def signed_in(server: Served, **options: Any) -> tuple[Client, str, Any]:
    """Return a browser that is signed in to a fresh sandbox as its administrator, with the sandbox's path and the sandbox."""
    client = server.client()
    sandbox = make_sandbox(server, **options)
    url = path_of(sandbox)
    wait_for_a_whole_code()
    sign_in(client, url, person(sandbox))
    return client, url, sandbox
