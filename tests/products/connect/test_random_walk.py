"""In any order of steps, nobody is signed in without the steps that the policy and the account require.

Two browsers do what people do on the pages of Connect, some of whom know too much or too little, while the clock moves and an
administrator switches the policy. The test compares them with a model that is independent of the platform's rows: it holds the
proofs of each browser since it began, and the facts about the account that an observer of all pages and messages would know.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core import outbox
from simulator.core.clock import Clock
from simulator.core.store import Creation
from simulator.directory import administration
from simulator.directory.models import Customer, Person
from tests.authenticator import STEP, Account, totp
from tests.conftest import NOW
from tests.reading import read
from tests.visits import Visitor, make_platform, password_of, store_of

EMAIL = "plain@fjordlys.example"
NUMBER = "+4799999977"
FAILURES, WINDOW, LOCKED_FOR = 8, timedelta(minutes=10), timedelta(minutes=30)
SIGN_IN_AT_MOST, TEXT_LIFETIME, REMEMBERED = timedelta(minutes=30), timedelta(minutes=5), timedelta(days=30)
BROWSERS = st.sampled_from([0, 0, 0, 1])
JUMPS = (
    "terms", "enroll", "enroll/app", "enroll/key", "enroll/code", "enroll/phone", "enroll/sms", "enroll/emergency-code",
    "enroll/done", "2fa/methods", "2fa/sms", "2fa/emergency-code/new", "2fa/emergency-code/lost", "totp/auth",
)  # fmt: skip


@dataclass
class Proven:
    """The proofs of one browser since it began to sign in."""

    began: datetime
    password: bool = False
    code: bool = False
    open_question: bool = False
    accepted: bool = False
    app: Account | None = None
    app_step: int | None = None
    number: bool = False
    emergency_code: str | None = None
    texts: list[tuple[str, datetime]] = field(default_factory=list)
    wizard_texts: list[tuple[str, datetime]] = field(default_factory=list)


@dataclass
class Facts:
    """The facts about the account."""

    asks_for_code: bool = False
    app: Account | None = None
    app_step: int = -1
    old_apps: list[Account] = field(default_factory=list)
    number: bool = False
    emergency_code: str | None = None
    old_codes: list[str] = field(default_factory=list)
    terms: bool = False
    remembered: dict[int, datetime] = field(default_factory=dict)
    failures: dict[str, list[datetime]] = field(default_factory=lambda: {"password": [], "code": []})
    locked_until: datetime | None = None


ACTS: dict[str, dict[str, st.SearchStrategy[Any]]] = {}
"""The possible actions, with the strategies of their arguments."""

OFTEN = {"come_in": 9, "type_code": 3, "type_emergency_code": 2, "answer_offer": 2}
"""Weights of frequent actions: without them most walks would not get far."""

Act = TypeVar("Act", bound=Callable[..., None])


def act(**drawn: st.SearchStrategy[Any]) -> Callable[[Act], Act]:
    """Mark an action. One rule draws among all of them, so that the weights are ours."""

    def mark(does: Act) -> Act:
        ACTS[does.__name__] = drawn
        return does

    return mark


class Walk(RuleBasedStateMachine):
    """Two browsers, the clock, and an administrator."""

    platform: ClassVar[Platform]
    names: ClassVar[Iterator[int]]
    seen: ClassVar[Counter[str]]

    @initialize(policy=st.booleans(), enrolled=st.sampled_from([True, True, False]))
    def begin(self, policy: bool, enrolled: bool) -> None:
        """Make a sandbox, and the two browsers; sometimes two-step verification is set up already."""
        self.name, self.now, self.policy = f"walk-{next(self.names)}", NOW, False
        who = {"key": "no_two_step", "email": EMAIL, "first_name": "Plain", "last_name": "Person", "terms": False}
        overlay = {"people": [{**who, "password": "Fjordlys!99"}]}
        creation = Creation(scenario="company-no", language="en", clock=Clock.frozen(NOW), seed="walk", overlay=overlay)
        store_of(self.platform).create(self.name, creation)
        self.sandbox = store_of(self.platform).open(self.name)
        self.password = password_of(self.sandbox, EMAIL)
        self.visitors = [Visitor.of(self.platform, self.sandbox, language="en") for _ in range(2)]
        self.proven = [Proven(NOW), Proven(NOW)]
        self.inside = [False, False]
        self.account = Facts()
        self.set_policy(policy)
        if enrolled:
            self.come_in(browser=0, so_far=7, method="code", later=False, lost=False, number=True)
            self.leave(browser=0)
            self.wait(later=timedelta(seconds=31))

    def teardown(self) -> None:
        """Take the sandbox away."""
        if hasattr(self, "sandbox"):
            self.sandbox.close()
            store_of(self.platform).delete(self.name)

    # The model.

    @property
    def is_locked(self) -> bool:
        """Whether the address is locked."""
        return self.account.locked_until is not None and self.account.locked_until > self.now

    def has_second_step(self, browser: int) -> bool:
        """Whether a browser needs no code any more."""
        until = self.account.remembered.get(browser)
        return self.proven[browser].code or (until is not None and until > self.now)

    def may_enter(self, browser: int) -> bool:
        """Whether a browser has completed all steps."""
        proven, account = self.proven[browser], self.account
        return (
            proven.password
            and not self.is_locked
            and self.now - proven.began <= SIGN_IN_AT_MOST
            and (not account.asks_for_code or (self.has_second_step(browser) and account.app is not None))
            and (not self.policy or account.asks_for_code)
            and not proven.open_question
            and account.terms
        )

    def weigh(self, kind: str, right: bool) -> bool:
        """Count a password or code by the rules, and return whether it is accepted."""
        account = self.account
        if self.is_locked:
            return False
        if right:
            account.failures[kind] = []
            return True
        recent = [instant for instant in account.failures[kind] if instant > self.now - WINDOW] + [self.now]
        account.failures[kind] = recent
        if len(recent) >= FAILURES:
            account.locked_until = self.now + LOCKED_FOR
            account.failures = {"password": [], "code": []}
            self.seen["locked"] += 1
        return False

    # The actions in the browsers.

    def send(self, browser: int, path: str, holding: str, button: str | None = None, **values: Any) -> TestResponse | None:
        """Open a page and send its form; None when there is no such page."""
        visitor = self.visitors[browser]
        if visitor.get(path).status_code != 200:
            return None
        form = visitor.form(path, holding)
        chosen = 0 if button is None else [value for _, value, _ in form.buttons].index(button)
        return visitor.send(form, chosen, **values)

    def sent_texts(self) -> list[str]:
        """Return the codes that were sent by text message, oldest first."""
        with self.sandbox.reading() as db:
            return [code for text in outbox.after(db, kind="sms") for code in text.codes]

    def emergency_code_on(self, browser: int, path: str) -> str | None:
        """Read the emergency code off a page; None when there is no such page."""
        response = self.visitors[browser].get(path)
        if response.status_code != 200:
            return None
        (code,) = (paragraph.text for paragraph in read(response.text).all("p") if paragraph["id"] == "emergency-code")
        return code

    def heading(self, browser: int, path: str) -> str:
        """Return the heading of a page; empty when there is no such page."""
        response = self.visitors[browser].get(path)
        return read(response.text).all("h1")[0].text if response.status_code == 200 else ""

    @act(browser=BROWSERS, right=st.sampled_from([True, True, True, False]))
    def type_password(self, browser: int, right: bool) -> None:
        """Begin, and type the password."""
        if self.inside[browser]:
            return
        self.visitors[browser].begin_sign_in(EMAIL)
        self.proven[browser] = Proven(self.now)
        answer = self.visitors[browser].type_password(self.password if right else "Wrong!pass1")
        taken = self.weigh("password", right)
        assert (answer.status_code == 302) is taken
        self.proven[browser].password = taken

    @act(browser=BROWSERS)
    def follow_link(self, browser: int) -> None:
        """Begin, and sign in by a link instead of the password."""
        visitor = self.visitors[browser]
        if self.inside[browser]:
            return
        visitor.begin_sign_in(EMAIL)
        self.proven[browser] = Proven(self.now)
        with self.sandbox.reading() as db:
            before = len(outbox.after(db, to=EMAIL))
        visitor.send(visitor.form("/connect/recover", "choice"), 1, Human="y")
        with self.sandbox.reading() as db:
            mails = outbox.after(db, to=EMAIL)
        if len(mails) == before:
            return
        path = "/s/" + mails[-1].links[0].partition("/s/")[2]
        (form,) = (form for form in visitor.forms(path) if "/link/" in form.action)
        assert (visitor.send(form).status_code == 302) is not self.is_locked
        self.proven[browser].password = not self.is_locked
        self.seen["link"] += 1

    @act(
        browser=BROWSERS,
        which=st.sampled_from(["now", "again", "next", "old", "wrong"]),
        ahead=st.sampled_from([0, 0, 1, -1, 2, -2]),
        remember=st.booleans(),
    )
    def type_code(self, browser: int, which: str, ahead: int, remember: bool) -> None:
        """Type a code of the authenticator: the present one, one used before, one of an authenticator of the past."""
        account, step = self.account, int(self.now.timestamp()) // STEP
        if which == "now" and account.app is not None:
            code = account.app.code(self.now.timestamp(), ahead)
        elif which == "next" and account.app is not None:
            code = totp(account.app.secret, max(step, account.app_step + 1) * STEP)
        elif which == "again" and account.app is not None:
            code = totp(account.app.secret, account.app_step * STEP)
        elif which == "old" and account.old_apps:
            code = account.old_apps[-1].code(self.now.timestamp())
        else:
            code = "000000"
        answer = self.send(
            browser, "/connect/totp/auth", "AuthCode", AuthCode=code, RememberCode="true" if remember else "false"
        )
        if answer is None:
            return
        matches = (
            []
            if account.app is None
            else [near for near in (step - 1, step, step + 1) if totp(account.app.secret, near * STEP) == code]
        )
        right = any(match > account.app_step for match in matches)
        taken = self.weigh("code", right)
        assert (answer.status_code == 302) is taken
        if taken:
            account.app_step, self.proven[browser].code = matches[0], True
            account.remembered.pop(browser, None)
            if remember:
                account.remembered[browser] = self.now + REMEMBERED
            self.seen["code"] += 1

    @act(browser=BROWSERS)
    def ask_for_text(self, browser: int) -> None:
        """Ask for a code by text message."""
        visitor, before = self.visitors[browser], len(self.sent_texts())
        if visitor.get("/connect/2fa/methods").status_code != 200:
            return
        for form in visitor.forms("/connect/2fa/methods"):
            if form.action.endswith("/2fa/sms/send"):
                visitor.send(form)
        fresh = self.sent_texts()[before:]
        assert len(fresh) <= 1
        assert not fresh or self.account.number, "a message went to a number that was never proved"
        self.proven[browser].texts += [(code, self.now) for code in fresh]
        assert len(self.proven[browser].texts) <= 3

    @act(browser=BROWSERS, which=st.sampled_from(["newest", "newest", "first", "theirs"]))
    def type_text(self, browser: int, which: str) -> None:
        """Type a code from a text message: the newest, the first, or one sent to the other browser."""
        texts = self.proven[browser].texts
        theirs = self.proven[1 - browser].texts
        choice = theirs if which == "theirs" else texts
        code = (choice[0 if which == "first" else -1][0]) if choice else "000000"
        answer = self.send(browser, "/connect/2fa/sms", "AuthCode", AuthCode=code)
        if answer is None:
            return
        right = bool(texts) and texts[-1][0] == code and self.now - texts[-1][1] < TEXT_LIFETIME
        taken = self.weigh("code", right)
        assert (answer.status_code == 302) is taken
        if taken:
            self.proven[browser].code, self.proven[browser].texts = True, []
            self.account.remembered.pop(browser, None)
            self.seen["text"] += 1

    @act(browser=BROWSERS, which=st.sampled_from(["present", "present", "old", "wrong"]))
    def type_emergency_code(self, browser: int, which: str) -> None:
        """Type an emergency code: the present one, an old one, or an invented one."""
        account, proven = self.account, self.proven[browser]
        codes = {
            "present": account.emergency_code,
            "old": account.old_codes[-1] if account.old_codes else None,
            "wrong": None,
        }
        code = codes[which] or "AAAA-AAAA-AAAA-AAAA-AAAA"
        answer = self.send(browser, "/connect/2fa/emergency-code", "EmergencyCode", EmergencyCode=code.lower())
        if answer is None:
            return
        taken = self.weigh("code", code == account.emergency_code)
        assert (answer.status_code == 302) is taken
        if taken:
            proven.code, proven.open_question = True, True
            account.old_codes.append(code)
            account.emergency_code = self.emergency_code_on(browser, "/connect/2fa/emergency-code/new")
            assert account.emergency_code not in (None, *account.old_codes)
            self.seen["emergency code"] += 1

    @act(browser=BROWSERS, lost=st.booleans())
    def answer_question(self, browser: int, lost: bool) -> None:
        """Store the new emergency code, and return whether the authenticator is lost for good."""
        stored = self.send(browser, "/connect/2fa/emergency-code/new", "Stored", Stored="y")
        if stored is not None and self.account.app is None:
            self.proven[browser].open_question = False
        answer = self.send(browser, "/connect/2fa/emergency-code/lost", "choice", "lost" if lost else "once")
        if answer is None:
            return
        assert self.proven[browser].open_question
        self.proven[browser].open_question = False
        self.seen["question"] += 1
        if lost:
            account = self.account
            assert account.app is not None
            account.old_apps.append(account.app)
            account.app, account.app_step, account.remembered = None, -1, {}

    @act(browser=BROWSERS, later=st.sampled_from([False, False, True]))
    def answer_offer(self, browser: int, later: bool) -> None:
        """Set two-step verification up, or put it off where that is offered."""
        visitor, proven = self.visitors[browser], self.proven[browser]
        if visitor.get("/connect/enroll").status_code != 200:
            return
        form = visitor.form("/connect/enroll", "choice")
        offered = [value for _, value, _ in form.buttons]
        assert ("later" in offered) is (not self.policy and not self.account.asks_for_code)
        if later:
            visitor.client.post(form.action, data={"csrf_token": form.values["csrf_token"], "choice": "later"})
            self.seen["put off"] += "later" in offered
            return
        visitor.send(form, offered.index("enable"))
        (key,) = (field.text for field in read(visitor.get("/connect/enroll/key").text).all("textarea"))
        proven.app, proven.app_step, proven.number, proven.emergency_code = Account.typed("app", key), None, False, None
        proven.wizard_texts = []

    @act(
        browser=BROWSERS,
        right=st.sampled_from([True, True, True, False]),
        number=st.booleans(),
        text=st.sampled_from(["newest", "newest", "newest", "first", "of signing in", "wrong"]),
    )
    def walk_wizard(self, browser: int, right: bool, number: bool, text: str = "newest") -> None:
        """Type the new authenticator's first code, and give a number, with a code that was sent, or none."""
        proven, step = self.proven[browser], int(self.now.timestamp()) // STEP
        if proven.app is not None:
            code = proven.app.code(self.now.timestamp()) if right else "000000"
            answer = self.send(browser, "/connect/enroll/code", "AuthCode", AuthCode=code)
            if answer is not None:
                taken = self.weigh("code", right)
                assert (answer.status_code == 302) is taken
                proven.app_step = step if taken else None
        before = len(self.sent_texts())
        answer = self.send(browser, "/connect/enroll/phone", "PhoneNumber", PhoneNumber=NUMBER if number else "")
        if answer is None or not number:
            return
        texts = proven.wizard_texts
        texts += [(code, self.now) for code in self.sent_texts()[before:]]
        assert len(texts) <= 3
        choice = {"newest": texts[-1:], "first": texts[:1], "of signing in": proven.texts[-1:]}.get(text, [])
        code = choice[0][0] if choice else "000000"
        answer = self.send(browser, "/connect/enroll/sms", "AuthCode", AuthCode=code)
        if answer is None:
            return
        taken = self.weigh("code", bool(texts) and texts[-1][0] == code and self.now - texts[-1][1] < TEXT_LIFETIME)
        assert (answer.status_code == 302) is taken
        if taken:
            proven.number, proven.wizard_texts = True, []
            self.seen["number"] += 1

    @act(browser=BROWSERS, ticked=st.sampled_from([True, True, False]))
    def store_code(self, browser: int, ticked: bool) -> None:
        """Store the emergency code at the end of the wizard, with or without the tick; then leave the wizard."""
        path, proven, account = "/connect/enroll/emergency-code", self.proven[browser], self.account
        displayed = self.emergency_code_on(browser, path)
        if displayed is not None:
            assert proven.emergency_code in (None, displayed), "the code stays the same until it is stored"
            proven.emergency_code = displayed
            answer = self.send(browser, path, "Stored", Stored="y" if ticked else "false")
            assert answer is not None
            assert (answer.status_code == 302) is ticked
        if self.heading(browser, "/connect/enroll/done") != "Your account is secured":
            return
        if proven.emergency_code is not None:
            assert ticked
            assert proven.password and proven.app is not None and proven.app_step is not None
            assert not account.asks_for_code or self.has_second_step(browser)
            account.asks_for_code, account.app, account.app_step = True, proven.app, proven.app_step
            account.old_codes += [account.emergency_code] if account.emergency_code else []
            account.emergency_code, account.number = proven.emergency_code, account.number or proven.number
            proven.code, proven.emergency_code = True, None
            self.seen["enrolled"] += 1
        visitor = self.visitors[browser]
        (form,) = (form for form in visitor.forms("/connect/enroll/done") if form.action.endswith("/done"))
        visitor.send(form)

    @act(browser=BROWSERS, accept=st.sampled_from([True, True, False]))
    def answer_terms(self, browser: int, accept: bool) -> None:
        """Accept or decline the terms of use."""
        answer = self.send(browser, "/connect/terms", "choice", "accept" if accept else "decline")
        if answer is not None and accept:
            self.account.terms = True
        elif answer is not None:
            self.proven[browser] = Proven(self.now)

    @act(on=st.booleans())
    def switch_policy(self, on: bool) -> None:
        """Switch the customer's policy."""
        self.set_policy(on)

    def set_policy(self, on: bool) -> None:
        """Ask every user of the customer for two steps, or no longer."""
        with self.sandbox.transaction() as db:
            for customer in db.scalars(select(Customer)):
                customer.require_two_step = on
        self.policy = on

    @act(
        later=st.sampled_from(
            [timedelta(seconds=31)] * 4
            + [timedelta(minutes=m) for m in (4, 6, 16, 31)]
            + [timedelta(days=29), timedelta(days=2)]
        )
    )
    def wait(self, later: timedelta) -> None:
        """Let time pass."""
        self.now += later
        with self.sandbox.transaction() as db:
            db.record.clock = Clock.frozen(self.now)

    @act(browser=BROWSERS)
    def leave(self, browser: int) -> None:
        """Close the browser: sessions go, lasting cookies stay."""
        self.visitors[browser].client.delete_cookie(f"vnsim_{self.name}", path=f"/s/{self.name}/")
        self.inside[browser], self.proven[browser] = False, Proven(self.now)

    @act(
        browser=BROWSERS,
        so_far=st.sampled_from([7, 7, 7, 2, 3, 4, 5, 6]),
        method=st.sampled_from(["code", "text", "emergency"]),
        later=st.sampled_from([False, False, True]),
        lost=st.booleans(),
        number=st.booleans(),
    )
    def come_in(self, browser: int, so_far: int, method: str, later: bool, lost: bool, number: bool) -> None:
        """Complete the steps, page by page, and stop after some of them."""
        if self.inside[browser]:
            self.leave(browser=browser)
        methods = {
            "code": lambda: self.type_code(browser=browser, which="next", ahead=0, remember=number),
            "text": lambda: (self.ask_for_text(browser=browser), self.type_text(browser=browser, which="newest")),
            "emergency": lambda: self.type_emergency_code(browser=browser, which="present"),
        }
        pages: list[Callable[[], object]] = [
            lambda: self.proven[browser].password or self.type_password(browser=browser, right=True),
            methods[method],
            lambda: self.answer_question(browser=browser, lost=lost),
            lambda: self.answer_offer(browser=browser, later=later),
            lambda: self.walk_wizard(browser=browser, right=True, number=number),
            lambda: self.store_code(browser=browser, ticked=True),
            lambda: self.answer_terms(browser=browser, accept=True),
        ]
        for page in pages[:so_far]:
            page()

    @act(browser=BROWSERS)
    def change_password(self, browser: int) -> None:
        """Change the password in My details, which ends other sessions and unfinished sign-ins, and forgets devices."""
        if not self.inside[browser] or not self.visitors[browser].is_signed_in:
            return
        fresh = f"Fjordlys!{100 + self.seen['password changed']}"
        answer = self.send(
            browser, "/details/password", "own_password", own_password=self.password, password=fresh, repeated=fresh
        )
        assert answer is not None
        taken = self.weigh("password", True)
        assert (answer.status_code == 302) is taken
        if taken:
            self.password, self.account.remembered = fresh, {}
            self.proven = [Proven(self.now), Proven(self.now)]
            self.inside[1 - browser] = False
            assert not self.visitors[1 - browser].is_signed_in
            self.seen["password changed"] += 1

    @act()
    def deactivate_and_reactivate(self) -> None:
        """Deactivate the account, and activate it again: all sessions end, and nobody signs in while it is deactivated."""
        with self.sandbox.transaction() as db:
            administration.deactivate(db, "somebody", db.scalars(select(Person).where(Person.email == EMAIL)).one())
        for visitor in self.visitors:
            visitor.get("/connect/login/finish")
            assert not visitor.is_signed_in
        with self.sandbox.transaction() as db:
            administration.reactivate(db, "somebody", db.scalars(select(Person).where(Person.email == EMAIL)).one())
        self.inside = [False, False]

    @act(browser=BROWSERS, path=st.sampled_from(JUMPS), choice=st.sampled_from(["later", "once", ""]))
    def jump(self, browser: int, path: str, choice: str) -> None:
        """Send a form to a page that is not this browser's present step: nothing of it may help."""
        visitor = self.visitors[browser]
        if self.inside[browser] or visitor.get(f"/connect/{path}").status_code == 200:
            return
        data = {"csrf_token": visitor.token(), "choice": choice, "Stored": "y", "PhoneNumber": "", "AuthCode": ""}
        assert visitor.client.post(visitor.path(f"/connect/{path}"), data=data).status_code in (302, 405)

    @rule(drawn=st.deferred(lambda: DRAWN))
    def do(self, drawn: tuple[str, dict[str, Any]]) -> None:
        """Carry out the drawn action."""
        name, values = drawn
        getattr(self, name)(**values)

    @invariant()
    def a_signed_in_browser_has_completed_all_steps(self) -> None:
        """Compare each newly signed-in browser with the model."""
        if not hasattr(self, "visitors"):
            return
        for browser, visitor in enumerate(self.visitors):
            # Both requests are cheap: a signed-in browser is redirected from the sign-in page, another one from Home.
            inside = visitor.get("/connect/").status_code == 302 if self.inside[browser] else visitor.is_signed_in
            if inside and not self.inside[browser]:
                assert self.may_enter(browser), (browser, self.proven[browser], self.account, self.policy)
                self.proven[browser] = Proven(self.now)
                self.seen["in"] += 1
                self.seen["in by policy"] += self.policy
            self.inside[browser] = inside


WEIGHTED = [name for name in ACTS for _ in range(OFTEN.get(name, 1))]
DRAWN: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.sampled_from(WEIGHTED).flatmap(
    lambda name: st.tuples(st.just(name), st.fixed_dictionaries(ACTS[name]))
)


def test_nobody_is_signed_in_before_all_steps_are_completed(tmp_path: Path, templates: Path) -> None:
    Walk.platform, Walk.names, Walk.seen = make_platform(tmp_path, templates), count(), Counter()
    bounds = settings(
        max_examples=9,
        stateful_step_count=24,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Walk, settings=bounds)
    expected = "code, text, emergency code, question, enrolled, link, in, in by policy, number, password changed"
    reached = {name for name, times in Walk.seen.items() if times}
    assert set(expected.split(", ")) <= reached, f"the walks did not get far enough: {Walk.seen}"
