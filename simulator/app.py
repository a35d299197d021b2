"""The composition root: the only module that names every product, and the steps that every request takes."""

import os
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import g, redirect
from flask_login import LoginManager
from werkzeug.wrappers import Response

from simulator.control.calls import PATHS
from simulator.control.guard import check_call
from simulator.control.guesses import Guesses, JoinGuesses
from simulator.control.long_poll import LongPollLimiter
from simulator.core import hosts
from simulator.core.chance import machine_secret
from simulator.core.companions import companion
from simulator.core.desks import ACTION_MODULES, WHEN_MAILED
from simulator.core.fault_operations import ROUTES, SOURCES, Source, declare_lazily
from simulator.core.jobs.registry import MODULES, ROBOTS, register_lazily
from simulator.core.jobs.worker import Worker
from simulator.core.late import late
from simulator.core.store import Store
from simulator.directory.activation import BEFORE_ACTIVATION, BEFORE_MOVING, EXTERNAL_PROVIDER, WHEN_ACTIVATED
from simulator.directory.password_profile import use_profile
from simulator.products.accountview.product import PRODUCT as ACCOUNTVIEW
from simulator.products.admin.product import PRODUCT as ADMIN
from simulator.products.administration.product import PRODUCT as ADMINISTRATION
from simulator.products.autoinvoice.product import PRODUCT as AUTOINVOICE
from simulator.products.autoinvoice_api.product import PRODUCT as AUTOINVOICE_API
from simulator.products.business.product import PRODUCT as BUSINESS
from simulator.products.connect.product import PRODUCT as CONNECT
from simulator.products.contact.product import PRODUCT as CONTACT
from simulator.products.details.product import PRODUCT as DETAILS
from simulator.products.elma.product import PRODUCT as ELMA
from simulator.products.financials.product import PRODUCT as FINANCIALS
from simulator.products.global_.product import PRODUCT as GLOBAL
from simulator.products.home.product import PRODUCT as HOME
from simulator.products.mail.product import PRODUCT as MAIL
from simulator.products.mailpit.product import PRODUCT as MAILPIT
from simulator.products.openid.product import PRODUCT as OPENID
from simulator.products.openid.product import PUBLIC_API
from simulator.products.opg.product import PRODUCT as OPG
from simulator.products.peppol.product import PRODUCT as PEPPOL
from simulator.products.phone.product import PRODUCT as PHONE
from simulator.products.services.product import PRODUCT as SERVICES
from simulator.products.settings.product import PRODUCT as SETTINGS
from simulator.products.support.product import PRODUCT as SUPPORT
from simulator.products.webfaktura.product import PRODUCT as WEBFAKTURA
from simulator.products.webfaktura_admin.product import PRODUCT as WEBFAKTURA_ADMIN
from simulator.settings import Settings
from simulator.web import addresses, errors, i18n, pages
from simulator.web.access import check_access, public
from simulator.web.addresses import product_address
from simulator.web.fault_check import check_faults
from simulator.web.join import KeyFromAddress, check_join_key
from simulator.web.origin import check_host
from simulator.web.platform import LateBlueprint, Platform, check_csrf_token
from simulator.web.product import Products
from simulator.web.program_access import check_contract
from simulator.web.request_log import log_request
from simulator.web.security_headers import set_security_headers
from simulator.web.sessions import SandboxSessions
from simulator.web.visit import close_sandbox, find_visitor, load_actor, open_sandbox

__all__ = ["BEFORE_A_VIEW", "JOBS", "PRODUCTS", "Platform", "create_app", "import_everything", "make_store"]

ON_COMPUTER = (ACCOUNTVIEW, ADMINISTRATION, BUSINESS, GLOBAL, WEBFAKTURA_ADMIN, OPG)
"""Programs on the visitor's computer."""

PRODUCTS = Products(
    (
        HOME,
        ADMIN,
        SETTINGS,
        AUTOINVOICE,
        WEBFAKTURA,
        FINANCIALS,
        SERVICES,
        AUTOINVOICE_API,
        ELMA,
        PEPPOL,
        CONNECT,
        OPENID,
        PUBLIC_API,
        DETAILS,
        MAIL,
        MAILPIT,
        PHONE,
        SUPPORT,
        CONTACT,
        *ON_COMPUTER,
    )
)

BEFORE_A_VIEW: tuple[Callable[[], Any], ...] = (
    check_call,  # of the control API: its caller
    check_host,  # of a page: the name of this server
    open_sandbox,  # that the address names; 404 when there is none
    find_visitor,  # the sandbox's cookie, the signed-in person, the language
    check_join_key,  # on a network
    check_csrf_token,  # of a form that changes something
    check_contract,  # of a program: whether its customer's contract has ended
    check_access,  # what the view declares: public, signed in, or a permission
    check_faults,  # that a test has ordered
)
"""The steps of a request after Flask has found its route and the lobby's session; an answer of one of them ends the request.

Then come the view, ``log_request``, ``set_security_headers``, the cookie when the session was changed, and ``close_sandbox``.
"""

CONTROL = (
    LateBlueprint(name="lobby", module="simulator.control.lobby", prefix="", paths=("/", "/lobby")),
    LateBlueprint(name="classes", module="simulator.control.class_pages", prefix="", paths=("/class",)),
    LateBlueprint(name="joining", module="simulator.classroom.joining", prefix="", paths=("/join",)),
    LateBlueprint(name="exercise", module="simulator.classroom.bar", prefix="/s/<sandbox>/exercise", paths=("exercise",)),
    LateBlueprint(name="health", module="simulator.control.health", prefix="/_sim", paths=("/_sim/health",), programs=True),
    LateBlueprint(name="control", module="simulator.control.api", prefix="/_sim", paths=("/_sim",), programs=True),
    *(
        LateBlueprint(
            name=f"control.{module}",
            module=f"simulator.control.calls.{module}",
            prefix="/_sim",
            paths=tuple(f"/_sim/{path}" for path in paths),
            programs=True,
        )
        for module, paths in PATHS.items()
    ),
)

JOBS = {
    "simulator.billing.access": ("billing.access",),
    "simulator.billing.monthly": ("billing.month",),
    "simulator.directory.companies": ("company.delete",),
    "simulator.directory.groups.mails": ("groups.mail",),
    "simulator.directory.support_access": ("support_access.end", "support_access.remind"),
    "simulator.documents.accounts.identity": ("identity.request",),
    "simulator.documents.exchange.delivery": ("document.mail", "document.receipt"),
    "simulator.documents.exchange.letters": ("document.print", "letters.run"),
    "simulator.documents.exchange.routing": ("document.route",),
    "simulator.documents.exchange.scanning": ("scan.arrive", "scan.process"),
    "simulator.documents.registers.publication": ("directory.publish", "elma.propagate"),
    "simulator.documents.vendor_invoices.delivery": ("vendor_invoice.deliver",),
    "simulator.sales.submission": ("sales.send",),
}
"""Jobs of no product: the kinds that each module registers."""

FAULTS = {
    "simulator.core.received_mail": ("smtp.receive",),
    "simulator.documents.accounts.identity": ("identity.sign",),
    "simulator.documents.exchange.delivery": ("email.deliver", "internal.deliver", "operator.deliver", "peppol.deliver"),
    "simulator.documents.exchange.letters": ("letters.run",),
    "simulator.documents.exchange.scanning": ("scan.process",),
    "simulator.documents.peppol.peppol_directory": ("directory.search",),
    "simulator.documents.registers.publication": ("directory.publish", "sml.publish"),
    "simulator.documents.registers.receivers": ("receivers.find",),
    "simulator.products.autoinvoice_api.calls.invoices": ("api.upload",),
    "simulator.products.autoinvoice_api.table": ("api.request",),
    "simulator.products.autoinvoice_api.webhooks": ("webhook.deliver",),
    "simulator.products.openid.services.external": ("external_provider.page", "external_provider.token"),
    "simulator.products.openid.services.logout": ("openid.logout",),
    "simulator.products.openid.services.webhooks": ("openid.webhook",),
    "simulator.sales.submission": ("sales.send",),
}
"""Operations that can fail: those that each module declares."""

CASE_ACTIONS = (
    "simulator.directory.cases.register_administrator",
    "simulator.billing.case_actions",
    "simulator.billing.transfer_actions",
    "simulator.directory.cases.move_company",
)
"""Modules that offer actions on the cases of the vendor's desks, in the order of the buttons, see ``directory.cases.actions``."""

ENDING_SERVICES = ("expense", "financials", "payroll")
"""Services of products that are sold under contracts, so that access to them may have ended."""

_find_route = late("simulator.web.fault_routes:find")
_all_routes = late("simulator.web.fault_routes:all_of")
_route_named = late("simulator.web.fault_routes:named_by")
task_page = late("simulator.control.task_page:task_page")
note_page = late("simulator.classroom.looking:note_page")
hold = late("simulator.classroom.pausing:hold")

LARGEST_REQUEST = 2 * 1024 * 1024


def make_store(settings: Settings) -> Store:
    """Open a data directory, with scenarios to make sandboxes from.

    Raises:
        OSError: the directory cannot be made or written.
    """
    seed = companion("seed")
    template_for = seed.template_for(settings.templates_dir)
    return Store(settings.data_dir, template_for, seed.finish, settings.base_address)


def create_app(settings: Settings, store: Store | None = None) -> Platform:
    """Put the platform together.

    Args:
        settings: what the server was told.
        store: the sandboxes; opened from the settings when None.
    """
    app = Platform(__name__, template_folder="web/templates", static_folder="web/static", static_url_path="/static")
    store = store or make_store(settings)
    secret = _lasting_secret(settings.data_dir)
    app.wsgi_app = KeyFromAddress(app.wsgi_app)  # type: ignore[method-assign]
    store.quota = settings.sandbox_quota
    store.asks_for_join_key = settings.control_token is not None
    app.secret_key = secret
    app.secret_key_for_lobby = secret
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        WTF_CSRF_CHECK_DEFAULT=False,  # one of our own steps checks it
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.extensions.update(settings=settings, store=store, products=PRODUCTS, worker=Worker(store))
    app.extensions["scenarios"] = companion("seed").Catalogue(settings.scenarios)
    app.extensions.update(
        {"control.long_poll": LongPollLimiter(), "control.guesses": Guesses(), "classroom.guesses": JoinGuesses()}
    )
    _connect_late(settings, store)
    app.session_interface = SandboxSessions(secure=settings.secure)
    app.jinja_env.globals["csrf_token"] = late("flask_wtf.csrf:generate_csrf")
    app.jinja_env.globals["exercise_bar"] = late("simulator.classroom.bar:render")
    addresses.install(app)
    i18n.install(app)
    pages.install(app)
    errors.install(app)
    _install_sign_in(app)
    _install_steps(app)
    SOURCES[ROUTES] = Source(*(partial(look, app) for look in (_find_route, _all_routes, _route_named)))
    for blueprint in (*(product.blueprint for product in PRODUCTS.all), *CONTROL):
        app.register_late(blueprint)
    app.add_url_rule("/s/<sandbox>/", view_func=front_door)
    return app


def import_everything() -> None:
    """Import all products and jobs, and with them every word that is declared: events, facts, operations that can fail."""
    for product in PRODUCTS.all:
        import_module(product.views)
    for module in (*MODULES.values(), *JOBS, *CASE_ACTIONS):
        import_module(module)


def _install_steps(app: Platform) -> None:
    for step in (*BEFORE_A_VIEW, _hold_in_pause):
        app.before_request(step)
    app.after_request(_note_page)
    app.after_request(set_security_headers)
    app.after_request(log_request)
    app.teardown_request(close_sandbox)


def _hold_in_pause() -> Response | None:
    """Let nobody change a trainee's sandbox while the class is paused."""
    visit = g.get("visit")
    answer: Response | None = hold() if visit is not None and visit.in_class else None
    return answer


def _note_page(response: Response) -> Response:
    """Remember the newest page of a trainee, for the trainer to look at."""
    visit = g.get("visit")
    if visit is not None and visit.in_class:
        note_page(response)
    return response


def _install_sign_in(app: Platform) -> None:
    manager = LoginManager(app)
    manager.session_protection = None
    manager.request_loader(load_actor)


def _connect_late(settings: Settings, store: Store) -> None:
    """Tell lower layers what to call in modules that are not imported yet."""
    use_profile(settings.password_profile)
    hosts.use(settings.webhook_hosts, loopback=settings.is_private)
    store.on_copied = late("simulator.directory.sign_in_sessions:forget_all")
    for module, kinds in JOBS.items():
        register_lazily(module, *kinds)
    for module, operations in FAULTS.items():
        declare_lazily(module, *operations)
    ROBOTS.setdefault("scan.autoinvoice.example", "scan.arrive")
    ACTION_MODULES[:] = CASE_ACTIONS
    WHEN_MAILED.setdefault("cases", late("simulator.directory.cases.mails:receive"))
    BEFORE_MOVING.setdefault("contracts", late("simulator.billing.contracts:check_move"))
    BEFORE_ACTIVATION.setdefault("webfaktura", late("simulator.billing.licences:check_service"))
    EXTERNAL_PROVIDER.setdefault("token", late("simulator.products.openid.services.external:answer_token_call"))
    EXTERNAL_PROVIDER.setdefault("key_set", late("simulator.products.openid.services.external:key_set"))
    for service in ENDING_SERVICES:
        BEFORE_ACTIVATION.setdefault(service, late("simulator.billing.access:check_service"))
        WHEN_ACTIVATED.setdefault(service, late("simulator.billing.access:plan_of_company"))
    WHEN_ACTIVATED.setdefault("autoinvoice", late("simulator.documents.accounts.accounts:open_new_account"))


@public
def front_door() -> Response:
    """Show the task of the sandbox's scenario; lead to Home when it has none."""
    return task_page() or redirect(product_address("home"))


def _lasting_secret(directory: Path) -> str:
    """Return the key of this data directory, made once; anew when its file is empty or damaged: nothing can be signed with that."""
    path = directory / "secret"
    try:
        secret = path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        secret = ""
    if not secret.strip():
        secret = machine_secret()
        fresh = path.with_name(f"secret.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secret, encoding="utf-8")
        fresh.replace(path)
    return secret
