"""The steps of a person who sets two-step verification up, page by page."""

from werkzeug.test import TestResponse

from simulator.core import outbox
from simulator.core.sandbox import Sandbox
from tests.authenticator import Account
from tests.reading import read
from tests.visits import Visitor, password_of

ENROLL = "/connect/enroll"


def type_password(visitor: Visitor, sandbox: Sandbox, email: str) -> TestResponse:
    """Type address and password."""
    visitor.begin_sign_in(email)
    return visitor.type_password(password_of(sandbox, email))


def key_on(visitor: Visitor) -> Account:
    """Type the key on the page into an app."""
    page = read(visitor.get("/connect/enroll/key").text)
    (key,) = (field.text for field in page.all("textarea") if field["id"] == "key")
    return Account.typed("Visma Connect", key)


def now_of(sandbox: Sandbox) -> float:
    """Return the sandbox's time, as a phone in it would show it."""
    with sandbox.reading() as db:
        return db.clock.now().timestamp()


def type_first_code(visitor: Visitor, sandbox: Sandbox, account: Account) -> TestResponse:
    """Type the present code of the app."""
    return visitor.send(visitor.form("/connect/enroll/code", "AuthCode"), AuthCode=account.code(now_of(sandbox)))


def give_number(visitor: Visitor, number: str) -> TestResponse:
    """Give a telephone number, or none."""
    return visitor.send(visitor.form("/connect/enroll/phone", "PhoneNumber"), PhoneNumber=number)


def text_code(sandbox: Sandbox, number: str) -> str:
    """Read the newest code that was sent to a number."""
    with sandbox.reading() as db:
        return outbox.newest_first(db, to=number, kind="sms")[0].codes[0]


def emergency_code_on(visitor: Visitor, path: str = "/connect/enroll/emergency-code") -> str:
    """Read the emergency code off a page."""
    (code,) = (paragraph.text for paragraph in read(visitor.get(path).text).all("p") if paragraph["id"] == "emergency-code")
    return code


def store(visitor: Visitor, path: str = "/connect/enroll/emergency-code") -> TestResponse:
    """Tick that the code is stored, and go on."""
    return visitor.send(visitor.form(path, "Stored"), Stored="y")


def done(visitor: Visitor) -> TestResponse:
    """Leave the wizard."""
    (form,) = (form for form in visitor.forms("/connect/enroll/done") if form.action.endswith("/enroll/done"))
    return visitor.send(form)


def set_up(visitor: Visitor, sandbox: Sandbox, number: str = "") -> tuple[Account, str]:
    """Walk the wizard from its first page to its last.

    Returns:
        The account in the app, and the emergency code.
    """
    assert (visitor.choose(ENROLL, "enable").location or "").endswith("/enroll/app")
    account = key_on(visitor)
    answer = type_first_code(visitor, sandbox, account)
    if (answer.location or "").endswith("/enroll/phone"):
        give_number(visitor, number)
        if number:
            code = text_code(sandbox, number)
            visitor.send(visitor.form("/connect/enroll/sms", "AuthCode"), AuthCode=code)
    emergency_code = emergency_code_on(visitor)
    assert (store(visitor).location or "").endswith("/enroll/done")
    return account, emergency_code
