"""Journeys through the sign-in with all methods, drawn by seeds; the tests walk a few, ``python -m soak journeys`` thousands.

The journey knows what its browser proved by what it did itself: it holds the password, codes and keys, or does not.
"""

import json
import random
from typing import Any

from sqlalchemy import select

from simulator.app import Platform
from simulator.core import outbox
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.directory import credentials, people
from simulator.directory.models import ClearTextSecrets, Customer, EmergencyCode, Person
from simulator.directory.security_keys import ceremonies, phone_keys
from simulator.directory.security_keys.models import SecurityKey
from simulator.directory.security_keys.phone_keys import KeyFault
from simulator.directory.signing_in import push
from tests.conftest import NOW
from tests.visits import Visitor, fresh_sandbox

STEPS = 7
EMAIL = "user@rietkraag.example"
ACTIONS = ("password", "code", "sms", "emergency", "key", "passkey", "push", "lost", "later", "jump")
JUMPS = (
    "login/finish",
    "terms",
    "enroll",
    "enroll/done",
    "2fa/emergency-code/new",
    "2fa/emergency-code/lost",
    "2fa/push",
    "2fa/key",
)


class Journey:
    """One browser and one account, whose methods and customer are drawn."""

    def __init__(self, platform: Platform, sandbox: Sandbox, seed: int) -> None:
        self.draw = random.Random(seed)
        self.sandbox, self.visitor = sandbox, Visitor.of(platform, sandbox, language="en")
        self.password_proven = self.second_proven = False
        with sandbox.transaction() as db:
            person = self.person(db)
            self.password = db.get_one(ClearTextSecrets, person.id).password or ""
            if self.draw.random() < 0.3:
                person.totp_secret = None
            person.push = person.totp_secret is not None and self.draw.random() < 0.5
            person.sms_number = "+31699999902" if self.draw.random() < 0.5 else None
            for passkey in (False, True):
                if self.draw.random() < 0.5:
                    options = ceremonies.creation_options(db, person, "setup", passkey=passkey) | {"excludeCredentials": []}
                    response = json.dumps(phone_keys.create(db, person, options))
                    key = ceremonies.register(db, person, "setup", response, name="Key", passkey=passkey)
                    assert isinstance(key, SecurityKey)
            demanded = self.draw.random() < 0.5
            for customer in db.scalars(select(Customer)):
                customer.require_two_step = demanded

    def person(self, db: Any) -> Person:
        """Return the account."""
        person = people.by_email(db, EMAIL)
        assert person is not None
        return person

    @property
    def is_right(self) -> bool:
        """Draw whether the next proof is right."""
        return self.draw.random() < 0.6

    def send(self, path: str, field: str, **values: Any) -> bool:
        """Send the form of a page; return whether it was accepted, and False where there is no such page now."""
        if self.visitor.get(path).status_code != 200:
            return False
        forms = [form for form in self.visitor.forms(path) if field in form.fields]
        return bool(forms) and self.visitor.send(forms[0], **values).status_code == 302

    def do_password(self) -> None:
        """Type the address and the password: the right one, or another one."""
        right = self.is_right
        if self.visitor.get("/connect/?other=1").status_code != 200:
            return
        self.visitor.send(self.visitor.form("/connect/?other=1", "Username"), Username=EMAIL)
        self.password_proven = self.second_proven = False
        accepted = self.send("/connect/login/password", "Password", Password=self.password if right else "Wrong!pass1")
        assert right or not accepted
        self.password_proven = accepted

    def do_code(self) -> None:
        """Type a code of the authenticator."""
        with self.sandbox.reading() as db:
            code = credentials.next_code(db, self.person(db))
        right = self.is_right and code is not None
        self.prove("/connect/totp/auth", right, AuthCode=code.code if right and code is not None else "000000")

    def do_sms(self) -> None:
        """Ask for a text message, and type its code."""
        if self.visitor.get("/connect/2fa/methods").status_code == 200:
            for form in self.visitor.forms("/connect/2fa/methods"):
                self.visitor.send(form)
        with self.sandbox.reading() as db:
            texts = outbox.newest_first(db, kind="sms")
        right = self.is_right and bool(texts)
        self.prove("/connect/2fa/sms", right, AuthCode=texts[0].codes[0] if right else "000000")

    def do_emergency(self) -> None:
        """Type an emergency code."""
        with self.sandbox.reading() as db:
            code = db.get_one(ClearTextSecrets, self.person(db).id).emergency_code
        right = self.is_right and code is not None
        self.prove("/connect/2fa/emergency-code", right, "EmergencyCode", EmergencyCode=code if right else "AAAA-AAAA")
        self.send("/connect/2fa/emergency-code/new", "Stored", Stored="y")

    def prove(self, path: str, right: bool, field: str = "AuthCode", **values: Any) -> None:
        """Send a proof of the second step."""
        accepted = self.send(path, field, **values)
        assert right or not accepted
        self.second_proven = self.second_proven or accepted

    def response(self, form: Any, fault: KeyFault | None) -> str | None:
        """Do what the page's script does."""
        data = {"csrf_token": form.values["csrf_token"]}
        options = self.visitor.client.post(form.element["data-options"], data=data).json
        with self.sandbox.transaction() as db:
            try:
                return json.dumps(phone_keys.get(db, self.person(db), options or {}, fault))
            except phone_keys.NoSuchKey:
                return None

    def use_key(self, path: str) -> tuple[bool, KeyFault | None]:
        """Use a key on a page, sometimes with a fault; return whether it was accepted."""
        faults = [None, KeyFault.OTHER_ORIGIN, KeyFault.COUNTER_BACK, KeyFault.NO_USER_VERIFICATION]
        fault = None if self.is_right else self.draw.choice(faults)
        if self.visitor.get(path).status_code != 200:
            return False, fault
        form = next(form for form in self.visitor.forms(path) if "data-ceremony" in form.element.attributes)
        response = self.response(form, fault)
        return self.visitor.send(form, credential=response or "{}").status_code == 302, fault

    def do_key(self) -> None:
        """Use a key as the second step; it does not have to verify its user."""
        accepted, fault = self.use_key("/connect/2fa/key")
        assert fault in (None, KeyFault.NO_USER_VERIFICATION) or not accepted
        self.second_proven = self.second_proven or accepted

    def do_passkey(self) -> None:
        """Use a passkey instead of the password."""
        accepted, fault = self.use_key("/connect/login/passkey")
        assert fault is None or not accepted
        if accepted:
            self.password_proven = self.second_proven = True

    def do_push(self) -> None:
        """Answer on the phone, rightly or not, and press the page's button."""
        if self.visitor.get("/connect/2fa/push").status_code != 200:
            return
        with self.sandbox.transaction() as db:
            requests = push.waiting(db, self.person(db))
            right = self.is_right and bool(requests)
            if requests and self.draw.random() < 0.8:
                push.answer(db, requests[-1], requests[-1].number if right else None)
            else:
                right = False
        forms = self.visitor.forms("/connect/2fa/push")
        accepted = self.visitor.send(forms[0]).location if forms else None
        went_on = accepted is not None and not accepted.endswith("/2fa/push")
        assert right or not went_on
        self.second_proven = self.second_proven or went_on

    def do_lost(self) -> None:
        """Answer the question after an emergency code."""
        path = "/connect/2fa/emergency-code/lost"
        if self.visitor.get(path).status_code == 200:
            self.visitor.choose(path, self.draw.choice(["lost", "once"]))

    def do_later(self) -> None:
        """Put the offer off, and accept the terms of use, where that is possible."""
        for path, choice in (("/connect/enroll", "later"), ("/connect/terms", "accept")):
            if self.visitor.get(path).status_code != 200:
                continue
            form = self.visitor.form(path, "choice")
            self.visitor.client.post(form.action, data={"csrf_token": form.values["csrf_token"], "choice": choice})

    def do_jump(self) -> None:
        """Send a form to a page out of turn."""
        data = {"csrf_token": self.visitor.token(), "choice": "once", "Stored": "y", "credential": "{}"}
        self.visitor.client.post(self.visitor.path(f"/connect/{self.draw.choice(JUMPS)}"), data=data)

    def go(self) -> bool:
        """Do what is drawn until the browser is signed in; return whether it is."""
        for _ in range(STEPS):
            with self.sandbox.reading() as db:
                person = self.person(db)
                demands = person.totp_secret is not None or db.get(EmergencyCode, person.id) is not None
                demands = demands or any(db.scalars(select(Customer.require_two_step)))
            getattr(self, f"do_{self.draw.choice(ACTIONS)}")()
            if (self.visitor.get("/connect/").location or "").endswith("/home/"):
                assert self.password_proven
                assert self.second_proven or not demands
                return True
        return False


def walk(platform: Platform, seed: int) -> bool:
    """Walk a journey in a sandbox of its own; return whether it ended signed in.

    Raises:
        AssertionError: something was accepted that proves nothing, or the browser is signed in without what is demanded.
    """
    creation = Creation(scenario="accountant-nl", language="en", clock=Clock.frozen(NOW), seed=f"journey {seed}")
    with fresh_sandbox(platform, f"journey-{seed}", creation) as sandbox:
        return Journey(platform, sandbox, seed).go()
