"""What there is to crawl: the sandboxes, who visits them, and every page each of them can reach by links."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.billing.models import Contract, Invoice, Licence, Order, Transfer
from simulator.billing.products import PRODUCTS
from simulator.billing.units import catalogue
from simulator.core.outbox import Attachment, Message
from simulator.core.sandbox import Sandbox
from simulator.core.texts import LANGUAGES, NAMES, PSEUDO
from simulator.core.webhook_calls import body_of
from simulator.directory.groups.models import CompanyGroup, RoleGroup, UserGroup
from simulator.directory.models import ClearTextSecrets, CodeDomain, Company, Customer, Person
from simulator.documents.model.models import AccessPoint, Account, ApiKey, Document, DocumentFile, Participant, Party
from simulator.documents.peppol.sml import ZONE
from simulator.documents.registers import access_points
from simulator.documents.registers.processes import PROFILES
from simulator.documents.synthetic import consumption
from simulator.products.financials.views.company import SCREENS
from simulator.products.openid.models import Application, Webhook, WebhookCall
from simulator.products.openid.webhook_events import EVENTS
from simulator.sales.models import (
    Buyer,
    Client,
    Installation,
    InstalledProgram,
    ProgramCode,
    SalesInvoice,
    SalesLine,
    WebFakturaUser,
)
from tests.suite.extent import rank
from tests.suite.once import once
from tests.visits import Visitor, cast, links_on, session_cookie, store_of

SCENARIOS = {
    "accountant-nl": "office",
    "company-no": "norway",
    "accountview-nl": "wholesale",
    "administration-se": "workshop",
    "webfaktura-no": "bureau",
    "groups-no": "group",
    "contracts-no": "contracts",
}
"""Scenario → the name of its sandbox."""

EVERYBODY = ("administrator", "user", "support", None)
VISITORS: dict[str, tuple[str | None, ...]] = {
    "office": EVERYBODY,
    "norway": EVERYBODY,
    "wholesale": ("user",),
    "workshop": ("user",),
    "bureau": ("administrator", "user"),
    "group": ("administrator",),
    "contracts": ("administrator",),
}
"""Sandbox → who visits it."""
VISITS = [(sandbox, who) for sandbox, people in VISITORS.items() for who in people]

PROGRAMS = tuple(f"{program}/" for program in (*ProgramCode, "opg"))
LIMITED_TO: dict[str, tuple[str, ...]] = {
    "wholesale": PROGRAMS,
    "workshop": PROGRAMS,
    "bureau": PROGRAMS,
    "group": ("admin/user-groups", "admin/role-groups", "admin/company-groups"),
    "contracts": ("settings/",),
}
"""Sandbox → beginnings of the pages that the crawl is limited to in it: all others are in the other sandboxes too."""
EVERY_LANGUAGE = (*LANGUAGES, PSEUDO)
IN_EVERY_LANGUAGE = [
    pytest.param(language, marks=() if language == PSEUDO else pytest.mark.exhaustive) for language in EVERY_LANGUAGE
]
"""Parameter sets for what each run looks at in the language that is longest and shows what is not translated."""

FIRST_PAGES = (
    "home/",
    "connect/?other=1",
    "mail/",
    "phone/",
    "elma/",
    "elma/?q=AS",
    "elma/?q=12345678",
    "elma/?q=Nobody",
    "elma/search",
    "elma/provider",
    "elma/provider?access_point=autoinvoice",
    "contact/",
    "developer/applications",
    "autoinvoice/login",
    "autoinvoice/sent?failed=1",
    "autoinvoice/sent?hold=1",
)
"""Where a crawl begins; everything else is found by links."""

UNLINKED = (
    "home/nothing",
    "mail/999999",
    "settings/",
    "settings/licenses/expense/invoices/1",
    "admin/",
    "connect/link/none",
    "connect/welcomed",
    "autoinvoice/register",
    "autoinvoice/registered",
    "autoinvoice/activate/none",
    "details/two-step/enable",
    "details/sms/remove",
    "admin/companies/2/delete",
    "admin/users/bulk/1",
)
"""Addresses that are typed rather than linked to: not there, not allowed for some, no longer good."""

FILES = (
    "mail.raw",
    "mail.html_part",
    "static",
    "phone.code",
    "settings.invoice_pdf",
    "control.openapi",
    "mail.attachment",
    "contact.case_file",
    "support.case_file",
    "home.unread_notices",
    "admin.emergency_code_form",
    "admin.exported",
    "admin.exported_list",
    "admin.invoice_pdf",
    "connect.qr",
    "connect.push_state",
    "autoinvoice.download_list",
    "autoinvoice.invoice_view",
    "autoinvoice.invoice_source",
    "autoinvoice.invoice_picture",
    "autoinvoice.invoice_attachment",
    "administration.look_up",
    "administration.invoice_pdf",
    "openid.configuration",
    "openid.key_set",
    "openid.token",
    "openid.userinfo",
    "openid.introspect",
    "openid.revoke",
    "openid.external_configuration",
    "openid.external_key_set",
    "openid.external_token",
    "openid.external_userinfo",
    "public_api.openapi",
    "peppol.look_up",
    "peppol.service_group",
    "peppol.service_metadata",
    "peppol.search",
    "elma.api_endpoints",
    "elma.api_endpoint",
    "elma.api_participants",
    "elma.api_participant",
    "elma.api_participant_processes",
    "elma.api_organization_processes",
    "elma.api_processes",
)
"""Endpoints that answer with something else than a page."""


ORDERED = re.compile(r"[?&](?:sort|order|size)=")
"""A list in another order, or with longer pages: each is opened once from the list as it is, not from each other."""

LANGUAGE = re.compile(r"[?&]lang=")
"""A link that changes the language of all that is opened after it: not followed, the crawl has a language of its own."""

TOKEN = re.compile(r'(name="csrf_token"[^>]*value=")[^"]+')
"""What differs each time that a page is opened."""

Kind = tuple[str, int]
"""Route and status of pages."""

ENOUGH = 24
"""Pages of one route that a visitor opens; more of them differ in their data only."""


@dataclass(frozen=True)
class Seen:
    """One page as it was answered."""

    path: str
    endpoint: str
    status: int
    html: str


@dataclass
class Site:
    """The platform to crawl.

    Attributes:
        crawled: directory of the pages that were reached; each process of a run has the same platform, and one of them crawls it.
    """

    platform: Platform
    crawled: Path
    _crawled_pages: dict[tuple[str, str | None], list[Seen]] = field(default_factory=dict)
    _kinds: dict[tuple[str, str | None], dict[Kind, list[str]]] = field(default_factory=dict)

    def sandbox(self, name: str) -> Sandbox:
        """Hold a sandbox open."""
        return store_of(self.platform).open(name)

    def email(self, name: str, visitor: str | None) -> str | None:
        """Return the address of a person of the cast."""
        if visitor is None:
            return None
        with self.sandbox(name) as sandbox:
            return cast(sandbox, visitor).email

    def cookie(self, name: str, visitor: str | None, language: str) -> str:
        """Return the cookie of a visitor who reads a language."""
        with self.sandbox(name) as sandbox:
            return session_cookie(sandbox, self.email(name, visitor), language)

    def visitor(self, name: str, visitor: str | None, language: str) -> Visitor:
        """Return a browser without a window."""
        with self.sandbox(name) as sandbox:
            return Visitor.of(self.platform, sandbox, self.email(name, visitor), language)

    def crawled_pages(self, name: str, visitor: str | None) -> list[Seen]:
        """Return every page of a sandbox that a visitor can reach, as it was answered in English; crawled once."""
        key = (name, visitor)
        if key not in self._crawled_pages:
            directory = self.crawled / f"{name}-{visitor}"
            self._crawled_pages[key] = once(directory, lambda: list(self._crawl(name, self.visitor(name, visitor, "en"))))
        return self._crawled_pages[key]

    def pages(self, name: str, visitor: str | None, language: str) -> Iterator[Seen]:
        """Open every page in a language."""
        if language == "en":
            yield from self.crawled_pages(name, visitor)
        else:
            yield from self.open(name, visitor, language, [page.path for page in self.crawled_pages(name, visitor)])

    def open(self, name: str, visitor: str | None, language: str, paths: Iterable[str]) -> Iterator[Seen]:
        """Open pages in a language."""
        browser = self.visitor(name, visitor, language)
        for path in paths:
            yield self._seen(path, browser.get(path))

    def kinds(self, name: str, visitor: str | None) -> dict[Kind, list[str]]:
        """Return paths of each kind of page (route and status): the first that was found, and the one with the most on it."""
        if (name, visitor) not in self._kinds:
            by_kind: dict[Kind, list[Seen]] = {}
            for page in self.crawled_pages(name, visitor):
                if page.html and not 300 <= page.status < 400:
                    by_kind.setdefault((page.endpoint, page.status), []).append(page)
            self._kinds[name, visitor] = {
                kind: list(dict.fromkeys([pages[0].path, max(pages, key=lambda page: len(page.html)).path]))
                for kind, pages in by_kind.items()
            }
        return self._kinds[name, visitor]

    def different(self, name: str, language: str, paths: Mapping[str | None, list[str]]) -> dict[str | None, list[str]]:
        """Return of the pages of each visitor those that nobody before gets to the letter.

        Args:
            name: of the sandbox.
            language: that they read.
            paths: visitor → paths of pages.
        """
        opened = Counter(path for own in paths.values() for path in own)
        met: set[tuple[str, str]] = set()
        remaining = {}
        for visitor, own in paths.items():
            shared = [path for path in own if opened[path] > 1]
            letters = {page.path: TOKEN.sub(r"\1", page.html) for page in self.open(name, visitor, language, shared)}
            remaining[visitor] = [path for path in own if path not in letters or (path, letters[path]) not in met]
            met |= set(letters.items())
        return remaining

    def dealt(self, name: str, visitor: str | None) -> dict[str, list[str]]:
        """Return language → pages to look at as this visitor, such that each kind of page of the platform is dealt out once.

        Which of those who can reach a kind of page looks at it, and in which language, depends on its route and status alone.
        """
        pages: dict[str, list[str]] = {}
        for kind, paths in self.kinds(name, visitor).items():
            number = rank(*map(str, kind))
            reached_by = [visit for visit in VISITS if kind in self.kinds(*visit)]
            if reached_by[number % len(reached_by)] == (name, visitor):
                pages.setdefault(EVERY_LANGUAGE[number // 97 % len(EVERY_LANGUAGE)], []).append(paths[-1])
        return pages

    def _crawl(self, name: str, browser: Visitor) -> Iterator[Seen]:
        home = f"/s/{name}/"
        limits = LIMITED_TO.get(name, ())
        within = tuple(home + beginning for beginning in limits) or home
        waiting = [home + path for path in (("home/", *limits) if limits else (*FIRST_PAGES, *UNLINKED))]
        met = set(waiting)
        opened: Counter[str] = Counter()
        while waiting:
            path = waiting.pop(0)
            opened[self.endpoint(path)] += 1
            if opened[self.endpoint(path)] > ENOUGH:
                continue
            response = browser.get(path, follow_redirects=True)
            seen = self._seen(path, response)
            if seen.endpoint in FILES:
                continue
            if response.request.path == path.partition("?")[0]:
                yield seen
            for link in links_on(seen.html, response.request.full_path.removesuffix("?")):
                if (ORDERED.search(path) and ORDERED.search(link)) or LANGUAGE.search(link):
                    continue
                if link.startswith(within) and link not in met:
                    met.add(link)
                    waiting.append(link)

    def endpoint(self, path: str) -> str:
        """Return the name of the route that answers an address."""
        adapter = self.platform.url_map.bind("localhost")
        try:
            endpoint: str = adapter.match(path.partition("?")[0])[0]
        except Exception:
            return "nothing"
        return endpoint

    def _seen(self, path: str, response: TestResponse) -> Seen:
        return Seen(
            path, self.endpoint(path), response.status_code, response.text if response.mimetype == "text/html" else ""
        )

    @cached_property
    def data(self) -> Mapping[str, tuple[str, ...]]:
        """Every name, address and number that stands in a sandbox and is the same in all languages; longest first."""
        data: dict[str, tuple[str, ...]] = {}
        columns = (
            Company.name, Company.country, Company.organisation_number, Company.internal_number, Company.account_number,
            Company.currency, Company.email, Company.street, Company.city,
            Customer.name, Customer.number, Person.email, Person.first_name,
            Person.last_name, ClearTextSecrets.password, Invoice.number, Invoice.currency, Licence.customer_number, Message.subject,
            Message.sender, Message.recipient, Attachment.name, CodeDomain.domain, Participant.name, AccessPoint.name,
            Party.name, Party.email, Party.country, Party.street, Party.city, Party.organisation_number, Party.vat_number,
            Party.operator, Document.number, Document.currency, Document.reference, DocumentFile.name, ApiKey.name,
            Account.uuid, Account.signatory, Account.contact_name, Account.contact_email,
            Client.name, Client.number, Client.organisation_number, Client.street, Client.city, Client.email, Client.postal_code,
            Buyer.name, Buyer.number, Buyer.organisation_number, Buyer.street, Buyer.city, Buyer.email, Buyer.postal_code,
            SalesInvoice.number, SalesLine.name, WebFakturaUser.email, InstalledProgram.version, Installation.acs_server,
            CompanyGroup.name, UserGroup.name, RoleGroup.name, Contract.number, Order.code, Transfer.name,
            Application.client_id, Application.name,
        )  # fmt: skip
        for name in SCENARIOS.values():
            with self.sandbox(name) as sandbox:
                consumption.unpack_all(sandbox)
            with self.sandbox(name) as sandbox, sandbox.reading() as db:
                words = {str(value) for column in columns for value in db.scalars(select(column)) if value is not None}
                texts = [message.text for message in db.scalars(select(Message))]
                words |= {*texts, *(line for text in texts for line in text.splitlines() if line.strip())}
                words |= {address for row in db.scalars(select(Application)) for address in row.redirect_uris}
                words |= {*EVENTS, *(webhook.url for webhook in db.scalars(select(Webhook)))}
                words |= {text for call in db.scalars(select(WebhookCall)) for text in (call.uuid, body_of(call).decode())}
                points = db.scalars(select(AccessPoint)).all()
                words |= {word for point in points for word in (point.key, access_points.password_of(db, point))}
                words |= {f"{party.street}, {party.postal_code} {party.city}" for party in db.scalars(select(Party))}
                people = [*db.scalars(select(Person)), *db.scalars(select(WebFakturaUser))]
                words |= {f"{person.first_name} {person.last_name}" for person in people}
                located = [*db.scalars(select(Client)), *db.scalars(select(Buyer)), *db.scalars(select(Company))]
                words |= {f"{row.street}, {row.postal_code}, {row.city}" for row in located}
                words |= {f"{row.street}, {row.postal_code} {row.city}" for row in located}
                words |= {row.postal_code for row in located if row.postal_code}
            words |= {
                name,
                *NAMES.values(),
                *(product.name for product in PRODUCTS),
                *(word for unit in catalogue().values() for word in (unit.code, unit.printed)),
                *(profile.id for profile in PROFILES),
                ZONE,
                *(f"({number})" for number in SCREENS.values()),
                "Netherlands",
                "Norway",
                "Finland",
                "Sweden",
            }
            words = {" ".join(word.split()) for word in words if any(character.isalpha() for character in word)}
            data[name] = tuple(sorted(words, key=lambda word: (-len(word), word)))
        return data
