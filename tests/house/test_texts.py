"""Every text has its four languages, the same placeholders in each, a place where it is shown, and a word on where it is from."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from e2e.engine.exercise import SUBJECTS
from simulator.billing.access import AccessState
from simulator.billing.case_actions import LATER, REFUSE
from simulator.billing.contract_days import AccessAfterEnd, ContractKind
from simulator.billing.models import InvoiceKind, TransferState
from simulator.billing.units import catalogue as units
from simulator.billing.usage import Group
from simulator.classroom.attempts import DECIDING, PASSING
from simulator.classroom.classes import MODES as CLASS_MODES
from simulator.classroom.teaching import ACTIONS as CLASS_ACTIONS
from simulator.control.class_pages import CONFIRMED
from simulator.control.differences import AREAS as CHANGE_AREAS
from simulator.control.schemas import MESSAGE_KINDS
from simulator.core import desks
from simulator.core.clock import ClockMode
from simulator.core.notices import NoticeKind
from simulator.core.texts import LANGUAGES, catalogue
from simulator.core.webhook_calls import CallState
from simulator.directory import two_step
from simulator.directory.administration import CHANGEABLE, CHANGES
from simulator.directory.cases.commands import MAILS as CASE_MAILS
from simulator.directory.cases.models import CaseChannel, CaseState, ChatState, EntryKind, MoveState
from simulator.directory.code_requests import REASONS
from simulator.directory.countries import COUNTRIES
from simulator.directory.groups.groups import Kind as GROUP_KINDS
from simulator.directory.identity_providers import IdentityProvider
from simulator.directory.lockout import Outcome
from simulator.directory.models import Status
from simulator.directory.password_rules import BY_CODE as RULE_SETS
from simulator.directory.roles import ROLES
from simulator.directory.security_keys.ceremonies import KeyRefusal
from simulator.directory.signing_in.models import Policy
from simulator.directory.signing_in.push import PushState
from simulator.directory.signing_in.text_codes import Sending
from simulator.directory.step_up import Answer
from simulator.documents.accounts.identity import METHODS
from simulator.documents.accounts.users import ROLES as AUTOINVOICE_ROLES
from simulator.documents.exchange import failures, mailing, notifications, scanning
from simulator.documents.model import history
from simulator.documents.model.channels import Route
from simulator.documents.model.models import EMAIL_HOWS, LETTER_CLASSES, REPORTS, Channel, Direction, IdentityCheck, State
from simulator.documents.model.models import Status as DocumentStatus
from simulator.documents.pictures import vocabulary
from simulator.documents.registers.document_types import BILLING
from simulator.documents.registers.document_types import BY_CODE as DOCUMENT_KINDS
from simulator.documents.registers.publication import Operation
from simulator.documents.registers.publication import RequestState as RegisterState
from simulator.products.accountview.models import Step
from simulator.products.accountview.views.left_out import LEFT_OUT as WINDOWS_LEFT_OUT
from simulator.products.accountview.views.start import QUESTIONS
from simulator.products.accountview.wizard import Account
from simulator.products.admin.queries.change_log import ACTIONS as LOGGED
from simulator.products.admin.queries.change_log import text_of
from simulator.products.admin.queries.companies import STATUSES as COMPANY_STATUSES
from simulator.products.admin.queries.login_history import Result as SignInResult
from simulator.products.admin.services.bulk import ACTIONS as BULK_ACTIONS
from simulator.products.administration.queries import KINDS as ADMINISTRATION_KINDS
from simulator.products.administration.queries import UNSENT
from simulator.products.autoinvoice.views.areas import AREAS
from simulator.products.autoinvoice.views.register import ACCOUNT_TYPES
from simulator.products.autoinvoice.views.sending import TABS
from simulator.products.business.queries import TransferStatus
from simulator.products.business.views.left_out import LEFT_OUT as BUSINESS_LEFT_OUT
from simulator.products.connect.services.external import Refused as ExternalRefused
from simulator.products.contact.guests import CHOICES as COOKIE_CHOICES
from simulator.products.contact.services import TOPICS
from simulator.products.details.views import ALWAYS_MAILED
from simulator.products.elma.queries import EVENTS as ELMA_EVENTS
from simulator.products.financials.queries import LONG_STATUS, OWN_STATUS, SHORT_STATUS, Action
from simulator.products.financials.views.left_out import LEFT_OUT as FINANCIALS_LEFT_OUT
from simulator.products.openid.models import Kind as ApplicationKind
from simulator.products.openid.services.applications import STANDARD_SCOPES
from simulator.products.support.canned import REPLIES
from simulator.products.support.queries import FAILED, HISTORY, TAKEN_AWAY
from simulator.products.support.views.cases import CHOICES as STATE_CHOICES
from simulator.sales.models import Acs, Delivery, Module, Opg, ProgramCode, Submission, WebFakturaAccess
from simulator.sales.submission import Outcome as SalesOutcome
from simulator.sales.webfaktura_users import Transfer
from simulator.web.fidelity import STATES
from simulator.web.invoice_form import KINDS
from simulator.web.security_keys import SCRIPT_MESSAGES

CASE_ACTIONS = (
    "administrator",
    "cancellation",
    "move_company",
    "reading_licence",
    "refuse_move",
    "refuse_transfer",
    "transfer",
    "withdraw_cancellation",
)
CASE_EVENTS = (
    "administrator",
    "assigned",
    "cancellation_refused",
    "cancellation_registered",
    "cancellation_withdrawn",
    "chat_ended",
    "company_move_refused",
    "company_move_withdrawn",
    "joined",
    "moved",
    "names_other",
    "reading_licence",
    "state",
    "transfer_carried_out",
    "transfer_refused",
    "unassigned",
)
ROOT = Path(__file__).resolve().parents[2]
SIMULATOR = ROOT / "simulator"
TRANSLATIONS = SIMULATOR / "translations"
FROM = re.compile(r"(Manual|Reference|Ours)\b")

ANNOUNCED = (
    NoticeKind.CONTRACT_RENEWING,
    NoticeKind.ACCESS_ENDING,
    "invoice_made",
    "credit_note_made",
    "access_becomes_reading",
)
"""Mails with the names of notices."""

MAILS_WITH_LINKS = ("reset", "sign_in_link", "activation", "welcome", "create_password")

REFUSALS = (
    "RuleViolation",
    "Forbidden",
    "OrderedRefusal",
    "OwnRole",
    "AccessChanged",
    "CancellationRefused",
    "CaseChanged",
    "CaseOver",
    "MoveOver",
    "TooMany",
    "TransferOver",
)
"""Exceptions whose first argument is the code of a text."""

PUT_TOGETHER: dict[str, set[str]] = {
    "openid.kind.{}": {f"openid.kind.{kind}" for kind in ApplicationKind},
    "identity_provider.{}": {f"identity_provider.{provider}" for provider in IdentityProvider},
    "connect.external.{}": {f"connect.external.{why}" for why in ExternalRefused},
    "openid.policy.{}": {f"openid.policy.{policy}" for policy in Policy},
    "openid.webhook.state.{}": {f"openid.webhook.state.{state}" for state in CallState},
    "openid.scope.{}": {f"openid.scope.{scope}" for scope in STANDARD_SCOPES},
    "accountview.{}": {
        f"accountview.{window}{part}" for window in WINDOWS_LEFT_OUT for part in ("", ".holds", ".meanwhile")
    },
    "accountview.question.{}": {
        f"accountview.question.{question}{part}" for question in QUESTIONS for part in ("", ".answer")
    },
    "accountview.wizard.{}": {step.text for step in Step} | {f"accountview.wizard.made_{account}" for account in Account},
    "admin.change_log.{}": {text_of(action) for action in LOGGED},
    "admin.bulk.{}": {action.text for action in BULK_ACTIONS.values()},
    "admin.change.{}": {f"admin.change.{change.replace('.', '_')}" for change in (*CHANGES, "role.gone")},
    "admin.{}_user.{}": {
        f"admin.{action}_user{part}" for action in ("deactivate", "remove") for part in ("", ".title", ".explain", ".done")
    },
    "admin.move_company.state.{}": {f"admin.move_company.state.{state}" for state in MoveState},
    "admin.company.status.{}": {f"admin.company.status.{status}" for status in COMPANY_STATUSES},
    "admin.{}_company.{}": {
        f"admin.{action}_company.{part}"
        for action in ("deactivate", "terminate", "delete")
        for part in ("title", "explain", "done")
    },
    "admin.login_history.result.{}": {f"admin.login_history.result.{result}" for result in SignInResult},
    "message.support_access_{}": {
        f"message.support_access_{step}.{part}"
        for step in ("given", "ends", "ended")
        for part in ("subject", "body", "button")
    },
    "admin.target.{}": {"admin.target.customer", "admin.target.company", "admin.target.company_group"},
    "admin.{}_group": {f"admin.{kind}s{part}" for kind in GROUP_KINDS for part in ("", ".holds", ".back")}
    | {f"admin.{kind}.members" for kind in GROUP_KINDS}
    | {f"admin.add_{kind}" for kind in GROUP_KINDS}
    | {f"admin.{kind}.{part}" for kind in ("user_group", "company_group") for part in ("members_next", "everybody")},
    "{}.text": {f"{key}.text" for key, _, _ in AREAS},
    "autoinvoice.company.state.{}": {"autoinvoice.company.state.verified", "autoinvoice.company.state.unverified"},
    "autoinvoice.email.how.{}": {f"autoinvoice.email.how.{how.lower()}" for how in EMAIL_HOWS},
    "autoinvoice.identity.method.{}": {f"autoinvoice.identity.method.{method}" for method in (*METHODS.values(), "eid")},
    "autoinvoice.identity.state.{}": {f"autoinvoice.identity.state.{state}" for state in IdentityCheck},
    "autoinvoice.print.class.{}": {f"autoinvoice.print.class.{letter_class.lower()}" for letter_class in LETTER_CLASSES},
    "autoinvoice.register.type.{}": {f"autoinvoice.register.type.{type_}" for type_ in ACCOUNT_TYPES},
    "autoinvoice.report.{}": {f"autoinvoice.report.{report}" for report in REPORTS},
    "autoinvoice.sending.{}": {f"autoinvoice.sending.{tab}{part}" for tab in TABS for part in ("", ".text")},
    "business.{}": {f"business.{name}{part}" for name in BUSINESS_LEFT_OUT for part in ("", ".holds", ".meanwhile")},
    "business.transfer.{}": {status.text for status in TransferStatus},
    "opg.state.{}": {f"opg.state.{state}" for state in Opg},
    "error.sales.gateway_{}": {f"error.sales.gateway_{state}" for state in Opg if state is not Opg.CONNECTED},
    "class.action.{}": {f"class.action.{action.replace('-', '_')}" for action in CLASS_ACTIONS},
    "class.confirm.{}": {f"class.confirm.{action.replace('-', '_')}" for action in (*CONFIRMED, "next", "go-to")},
    "class.reason.{}": {f"class.reason.{code}" for code in ("stuck", "just_stuck", "wrong_turn", "over_time", "slow")},
    "class.note.{}": {
        f"class.note.{note}" for note in ("hint", "stuck", "unstuck", "message", "withdrawn", *PASSING, *DECIDING)
    },
    "exercise.done_{}": {f"exercise.done_{note}" for note in (*PASSING, *DECIDING)},
    "class.subject.{}": {f"class.subject.{subject}" for subject in SUBJECTS},
    "class.place.{}": {f"class.place.{change}" for change in ("up", "down", "remove")},
    "class.mode.{}": {f"class.mode.{mode}" for mode in CLASS_MODES},
    "class.outcome.{}": {f"class.outcome.{outcome}" for outcome in ("solved", "by_trainer", "skipped", "open", "not_begun")},
    "class.roster.{}": {
        f"class.roster.{code}"
        for code in ("encoding", "workbook", "large", "many", "doubled", "long", "nameless", "name", "email", "language")
    },
    "lobby.acs.{}": {f"lobby.acs.{state}" for state in Acs},
    "lobby.opg.{}": {f"lobby.opg.{state}" for state in Opg},
    "lobby.module.{}": {f"lobby.module.{module}" for module in Module},
    "lobby.program.{}": {f"lobby.program.{program.replace('-', '_')}" for program in ProgramCode},
    "administration.kind.{}": {f"administration.kind.{kind}" for kind in ADMINISTRATION_KINDS},
    "administration.printed.{}": {
        f"administration.printed.{what}" for what in ("accepted", "waiting", "refused", "printer", "pdf", "mail_program")
    },
    "administration.unsent.{}": {f"administration.unsent.{group}" for group in UNSENT},
    "sales.delivery.{}": {delivery.text for delivery in Delivery},
    "sales.kind.{}": {f"sales.kind.{kind}" for kind in KINDS},
    "sales.outcome.{}": {outcome.text for outcome in SalesOutcome},
    "settings.usage.group.{}": {f"settings.usage.group.{group}" for group in Group},
    "autoinvoice.sign.{}": {f"autoinvoice.sign.{outcome}" for outcome in ("signed", "canceled", "declined")},
    "autoinvoice.users.role.{}": {f"autoinvoice.users.role.{role}" for role in AUTOINVOICE_ROLES},
    "message.autoinvoice_{}": {
        f"message.autoinvoice_{mail}.{part}" for mail in ("welcome", "added") for part in ("subject", "body", "button")
    },
    "autoinvoice.channel.{}": {f"autoinvoice.channel.{channel}" for channel in Channel},
    "autoinvoice.invoices.{}": {f"autoinvoice.{direction}{part}" for direction in Direction for part in ("", ".file")}
    | {f"autoinvoice.lists.search_{direction}" for direction in Direction},
    "autoinvoice.route.{}": {f"autoinvoice.route.{route}" for route in Route},
    "autoinvoice.status.{}": {f"autoinvoice.status.{status}" for status in DocumentStatus},
    "autoinvoice.elma.state.{}": {f"autoinvoice.elma.state.{state}" for state in State},
    "connect.password.rule_{}": {f"connect.password.rule_{rule.code}" for rule in RULE_SETS["strict-15"].check("")},
    "connect.sign_in.{}": {f"connect.sign_in.{outcome}" for outcome in (Outcome.WRONG, Outcome.LOCKED)},
    "transfer.state.{}": {state.text for state in TransferState},
    "access.{}": {state.text for state in AccessState if state is not AccessState.OPEN},
    "cancellation.access.{}": {f"cancellation.access.{remains}" for remains in AccessAfterEnd},
    "cancellation.otherwise.{}": {f"cancellation.otherwise.{choice}" for choice in ("ask", LATER, REFUSE)},
    "case.action.{}": {f"case.action.{action}{part}" for action in CASE_ACTIONS for part in ("", ".explain", ".done")},
    "message.case_{}": {f"message.{mail}.{part}" for mail in CASE_MAILS for part in ("subject", "body", "button")},
    "code_request.{}": {f"code_request.{reason}" for reason in (*REASONS, Answer.LOCKED, "changed")},
    "code_right_form.{}": {f"code_right_form.{label}" for label in ("name", "email", "customer", "domains")},
    "connect.push.{}": {f"connect.push.{state}" for state in ("approved", "denied", "unanswered", "unsent")},
    "connect.push.{}_title": {f"connect.push.{state}_title" for state in (*PushState, "unsent")},
    "phone.push.{}": {f"phone.push.{state}" for state in ("approved", "denied")},
    "security_key.{}": {f"security_key.{reason}" for reason in (*KeyRefusal, *SCRIPT_MESSAGES)},
    "security_key.obstacle_{}": {f"security_key.obstacle_{reason}" for reason in ("number", "local", "bare", "insecure")},
    "details.add_{}": {f"details.add_{kind}" for kind in ("key", "passkey")},
    "details.add_{}.explain": {f"details.add_{kind}.explain" for kind in ("key", "passkey")},
    "details.{}_added": {f"details.{kind}_added" for kind in ("key", "passkey")},
    "country.{}": {country.text for country in COUNTRIES},
    "details.mails.{}": {f"details.mails.{group}" for group in ALWAYS_MAILED},
    "details.{}": {f"details.{field}" for field in CHANGEABLE},
    "diff.{}": {f"diff.{area.kind}" for area in CHANGE_AREAS} | {"diff.new", "diff.gone"},
    "diff.{}.{}": {"diff.role.new", "diff.role.gone"},
    "diff.attribute.{}": {
        key for key in catalogue("en") if key.startswith("diff.attribute.")
    },  # all: tests/control/test_diff.py
    "event.{}": {key for key in catalogue("en") if key.startswith("event.")},  # all: tests/control/test_journal.py
    "diff.message.{}": {f"diff.message.{kind}" for kind in MESSAGE_KINDS},
    "diff.group_kind.{}": {f"diff.group_kind.{kind}" for kind in ("company", "user", "role")},
    "diff.direction.{}": {f"diff.direction.{direction}" for direction in Direction},
    "documents.vendor_invoice.{}": {f"documents.vendor_invoice.{kind}" for kind in ("invoice", "credit_note")},
    "documents.failure.{}": {f"documents.failure.{code}" for code in failures.CODES},
    "documents.history.{}": {f"documents.history.{code}" for code in history.CODES},
    "documents.picture.{}": {
        f"documents.picture.{label}" for table in vocabulary.TABLES for label in vocabulary.labels(table)
    }
    | {f"documents.picture.{label}" for label in (*vocabulary.REFERENCES.values(), *vocabulary.COLUMNS)},
    "documents.{}.{}": {
        f"documents.{family}.{code.lower()}" for family, codes in vocabulary.NAMES.values() for code in codes
    },
    "documents.scan.{}": {f"documents.scan.{reason}" for reason in scanning.REASONS},
    "documents.type.{}": {type_.text for type_ in BILLING},
    "elma.event.{}": {f"elma.event.{type_}" for type_ in ELMA_EVENTS},
    "elma.queue.message.{}": {f"elma.queue.message.{code}" for code in ("down", "not_in_sml", "taken_back")},
    "elma.queue.operation.{}": {f"elma.queue.operation.{operation}" for operation in Operation},
    "elma.queue.state.{}": {f"elma.queue.state.{state}" for state in RegisterState},
    "elma.state.{}": {f"elma.state.{state}" for state in State},
    "error.admin.beyond.{}": {
        f"error.admin.beyond.{why}" for why in ("desk", "elsewhere", "other_companies", "administrator")
    },
    "error.{}": {"error.documents.bad_file"},
    "error.details.sms_{}": {f"error.details.sms_{outcome}" for outcome in Sending if outcome is not Sending.SENT},
    "error.password.{}": {f"error.password.{rule.code}" for rule in RULE_SETS["strict-15"].check("")},
    "password_rules.{}": {f"password_rules.{code}" for code in RULE_SETS},
    "fidelity.{}": {f"fidelity.{state}" for state in STATES},
    "licence.kind.{}": {kind.text for kind in InvoiceKind},
    "contract.kind.{}": {kind.text for kind in ContractKind},
    "contract.terms.{}": {f"contract.terms.{kind}" for kind in ContractKind},
    "contract.after_end.{}": {f"contract.after_end.{after}" for after in AccessAfterEnd},
    "invoice.explain.{}.{}": {
        f"invoice.explain.{how}.{what}" for how in ("months", "period") for what in ("users", "licences")
    },
    "financials.action.{}": {action.text for action in Action}
    | {f"{action.text}.meanwhile" for action in Action if not action.is_simulated},
    "financials.kind.{}": {f"financials.kind.{kind}" for kind in DOCUMENT_KINDS},
    "financials.processed.{}": {f"financials.processed.{result}" for result in ("sent", "mailed", "polled")},
    "financials.status.{}": {*LONG_STATUS.values(), *SHORT_STATUS.values()}
    | {f"financials.status.{outcome}" for outcome in OWN_STATUS},
    "financials.{}": {f"{screen}{part}" for screen in FINANCIALS_LEFT_OUT for part in ("", ".holds", ".meanwhile")},
    "home.age.{}": {f"home.age.{unit}" for unit in ("days", "hours", "minutes", "now")},
    "lobby.{}": {f"lobby.{action}.{part}" for action in ("reset", "delete") for part in ("title", "explain", "button")},
    "lobby.clock.{}": {f"lobby.clock.{mode}" for mode in ClockMode},
    "message.{}": {
        f"message.{mail}.{part}"
        for mail in (*MAILS_WITH_LINKS, *mailing.HOW.values(), *notifications.MAILS, *ANNOUNCED)
        for part in ("subject", "body", "button")
    },
    "notice.{}": {f"notice.{register}.{change}" for register in ("elma", "sml") for change in ("registered", "removed")}
    | {
        f"notice.{kind}" for kind in NoticeKind if kind not in (NoticeKind.DOCUMENT_ON_HOLD, NoticeKind.REGISTRATION_CHANGED)
    },
    "notice.kind.{}": {f"notice.kind.{kind}" for kind in NoticeKind},
    "role.{}": {role.text for role in ROLES} | {f"{role.text}.gives" for role in ROLES},
    "service.{}": {f"service.{role.service}" for role in ROLES if role.service},
    "status.{}": {f"status.{status}" for status in Status},
    "step_up.{}": {f"step_up.{answer}" for answer in Answer if answer is not Answer.RIGHT},
    "support.event.{}": {f"support.event.{type_}" for type_ in {*HISTORY, TAKEN_AWAY} - {FAILED}}
    | {f"support.event.{FAILED}_{reason}" for reason in ("password", "code", "locked")},
    "support.person.two_step_{}": {f"support.person.two_step_{state}" for state in two_step.State},
    "desk.{}": {f"desk.{desk}" for desk in desks.BY_CODE},
    "case.channel.{}": {f"case.channel.{channel}" for channel in CaseChannel},
    "case.chat.{}": {f"case.chat.{state}" for state in ChatState if state is not ChatState.ENDED},
    "case.state.{}": {f"case.state.{state}" for state in STATE_CHOICES},
    "case.entry.{}": {f"case.entry.{kind}" for kind in EntryKind if kind is not EntryKind.CHANGE},
    "case.event.{}": {f"case.event.{event}" for event in CASE_EVENTS},
    "contact.topic.{}": {f"contact.topic.{topic}" for topic in TOPICS},
    "contact.state.{}": {f"contact.state.{state}" for state in CaseState},
    "contact.cookies.{}": {f"contact.cookies.{choice}" for choice in (*COOKIE_CHOICES, "none")}
    | {f"contact.cookies.of_{what}" for what in ("session", "device", "guest", "choice")},
    "contact.administrators.{}": {f"contact.administrators.need_{what}" for what in ("name", "email", "phone", "customer")},
    "canned.{}": {f"canned.{reason}{part}" for reason in REPLIES for part in ("", ".text")},
    "webfaktura.access.{}": {access.text for access in WebFakturaAccess},
    "webfaktura.einvoice.user.{}": {f"webfaktura.einvoice.user.{choice}" for choice in ("new", "existing")},
    "webfaktura.sending.{}": {f"webfaktura.sending.{choice}" for choice in ("automatic", "own")},
    "webfaktura.sent.{}": {
        f"webfaktura.sent.{submission}" for submission in Submission if submission is not Submission.NONE
    },
    "webfaktura.transfer.{}": {transfer.text for transfer in Transfer},
    "unit.{}": {unit.text for unit in units().values()},
}
"""Keys that are put together while the platform runs: all of them, from the values that fill the gap."""

CALLS = {
    "t": 0,
    "rich": 0,
    "tell": 0,
    "text_field": 0,
    "area_field": 0,
    "MultipleFileField": 0,
    "email_field": 0,
    "password_field": 0,
    "tick_field": 0,
    "tick": 0,
    "maybe_email_field": 0,
    "addresses_field": 0,
    "choice_field": 0,
    "MenuItem": 0,
    "Menu": 0,
    "MenuEntry": 0,
    "RibbonGroup": 0,
    "Button": 1,
    "Wizard": 0,
    "Tile": 0,
    "SelectMultipleField": 0,
    "ChoiceRequired": 0,
}
"""Functions whose argument at this place is a text key."""


@cache
def python() -> tuple[ast.AST, ...]:
    """Return every node of every module."""
    paths = [*sorted(SIMULATOR.rglob("*.py")), *sorted((ROOT / "seed").rglob("*.py"))]
    return tuple(node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def templates() -> str:
    """Return the text of every template."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(SIMULATOR.rglob("*.html")))


def literals(node: ast.expr | None) -> list[str]:
    """Return the texts that an argument may be, also of ``a if b else c``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return literals(node.body) + literals(node.orelse)
    return []


def name_of(call: ast.Call) -> str:
    """Return the last name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def used_keys() -> set[str]:
    """Return the keys that code and templates ask for by their full names, and what follows from codes and names."""
    keys: set[str] = set()
    for node in python():
        if not isinstance(node, ast.Call):
            continue
        name, values = name_of(node), [literals(argument) for argument in node.args]
        if name in CALLS and len(values) > CALLS[name]:
            keys.update(values[CALLS[name]])
        elif name in REFUSALS and values:
            keys.update(f"error.{code}" for code in values[0])
        elif name == "term" and values:
            keys.update(f"documents.picture.{label}" for label in values[0])
        elif name == "not_simulated" and values:
            keys.update(f"{key}.{part}" for key in values[0] for part in ("holds", "meanwhile"))
        elif name == "problem_page" and len(values) > 1:
            keys.update(f"problem.{key}.{part}" for key in values[1] for part in ("title", "text"))
        elif name == "NoAccess" and values:
            keys.update(f"problem.{key}.{part}" for key in values[0] for part in ("title", "text"))
        elif name in ("sms", "push") and len(values) > 1:
            keys.update(f"message.{message}.body" for message in values[1])
        elif name == "mail" and len(values) > 1:
            parts = ["subject", "body", *(["button"] if any(keyword.arg == "link" for keyword in node.keywords) else [])]
            keys.update(f"message.{mail}.{part}" for mail in values[1] for part in parts)
    call = re.compile(r"""\b(?:t|rich)\(\s*["']([^"']+)["']\s*(?=[,)]|if)(?:if [^"']+ else ["']([^"']+)["'])?""")
    keys.update(key for match in call.finditer(templates()) for key in match.groups() if key)
    return keys


def every_text_in_code() -> set[str]:
    """Return every literal text in code and templates, wherever it stands."""
    constants = {node.value for node in python() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return constants | set(re.findall(r"""["']([a-z0-9_.]+)["']""", templates()))


@cache
def entries(language: str) -> dict[str, list[str]]:
    """Return all keys of a language with the translator's comments."""
    comments: dict[str, list[str]] = {}
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        with path.open("rb") as file:
            comments |= {
                str(message.id): list(message.auto_comments) for message in read_po(file, locale=language) if message.id
            }
    return comments


def placeholders(text: str) -> Counter[str]:
    """Return what a text leaves open, with its form."""
    return Counter(re.findall(r"%\([a-z_]+\)[a-z]", text))


def test_every_key_has_a_text_in_every_language() -> None:
    keys = set().union(*(catalogue(language) for language in LANGUAGES))
    missing = [
        f"{key} ({language})" for language in LANGUAGES for key in keys if not catalogue(language).get(key, "").strip()
    ]
    assert not missing, sorted(missing)


def test_every_key_stands_once_and_in_the_same_file_in_all_languages() -> None:
    def places(language: str) -> list[tuple[str, str]]:
        keys = []
        for path in sorted((TRANSLATIONS / language).glob("*.po")):
            with path.open("rb") as file:
                keys += [(path.name, str(message.id)) for message in read_po(file) if message.id]
        return sorted(keys)

    english = places("en")
    assert len({key for _, key in english}) == len(english), "a key stands in two files"
    assert [language for language in LANGUAGES if places(language) != english] == []


def test_no_key_stands_twice_in_a_file() -> None:
    twice = [
        f"{path.relative_to(TRANSLATIONS)}: {key}"
        for path in sorted(TRANSLATIONS.rglob("*.po"))
        for key, count in Counter(re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE)).items()
        if count > 1
    ]
    assert not twice


def test_a_text_leaves_the_same_open_in_every_language() -> None:
    differing = [
        f"{key} ({language}): {dict(placeholders(catalogue(language)[key]))} and in English {dict(placeholders(text))}"
        for key, text in catalogue("en").items()
        for language in LANGUAGES
        if placeholders(catalogue(language)[key]) != placeholders(text)
    ]
    assert not differing


def test_no_text_holds_markup_or_a_lone_percent_sign() -> None:
    faulty = [
        f"{key} ({language})"
        for language in LANGUAGES
        for key, text in catalogue(language).items()
        if re.search(r"<[a-z/]|&[a-z]+;", text) or "%" in re.sub(r"%%|%\([a-z_]+\)[a-z]", "", text)
    ]
    assert not faulty


def test_every_text_says_where_it_is_from() -> None:
    silent = [
        f"{key} ({language}): {comments}"
        for language in LANGUAGES
        for key, comments in entries(language).items()
        if not FROM.match(" ".join(comments))
    ]
    assert not silent, "begin the comment with Manual, Reference or Ours"


def test_every_key_that_is_used_exists() -> None:
    keys = used_keys()
    assert len(keys) > 200, "the scan finds too little to be right"
    assert keys - set(catalogue("en")) == set()


@pytest.mark.parametrize("family", PUT_TOGETHER)
def test_every_key_that_is_put_together_exists(family: str) -> None:
    assert PUT_TOGETHER[family] - set(catalogue("en")) == set()


def test_every_text_is_shown_somewhere() -> None:
    used = every_text_in_code() | used_keys() | set().union(*PUT_TOGETHER.values())
    assert sorted(set(catalogue("en")) - used) == [], "remove texts that nothing shows, in all four languages"
