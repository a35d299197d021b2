"""The composition root: the only module that names every product."""

import os
from pathlib import Path

from flask import Flask, Response, g, redirect, request, url_for
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as Redirect

from simulator.billing import monthly
from simulator.control import api, lobby
from simulator.core.chance import machine_secret
from simulator.core.companions import companion
from simulator.core.jobs.worker import Worker
from simulator.core.store import Store
from simulator.directory import credentials, sign_ins
from simulator.documents.exchange import routing, scanning
from simulator.products.admin.product import PRODUCT as ADMIN
from simulator.products.autoinvoice.product import PRODUCT as AUTOINVOICE
from simulator.products.autoinvoice_api import hosts
from simulator.products.autoinvoice_api.product import PRODUCT as AUTOINVOICE_API
from simulator.products.connect.product import PRODUCT as CONNECT
from simulator.products.details.product import PRODUCT as DETAILS
from simulator.products.elma.product import PRODUCT as ELMA
from simulator.products.home.product import PRODUCT as HOME
from simulator.products.mail.product import PRODUCT as MAIL
from simulator.products.peppol.product import PRODUCT as PEPPOL
from simulator.products.phone.product import PRODUCT as PHONE
from simulator.products.settings.product import PRODUCT as SETTINGS
from simulator.products.support.product import PRODUCT as SUPPORT
from simulator.settings import Settings
from simulator.web import access, addresses, errors, i18n, join, pages
from simulator.web.product import Products
from simulator.web.rules import LateRule
from simulator.web.sessions import SandboxSessions
from simulator.web.visit import User

PRODUCTS = Products(
    (HOME, ADMIN, SETTINGS, AUTOINVOICE, AUTOINVOICE_API, ELMA, PEPPOL, CONNECT, DETAILS, MAIL, PHONE, SUPPORT)
)

JOBS = (monthly.run, routing.route, scanning.process)
"""Jobs of no product: importing them makes them known to the queue."""

LARGEST_REQUEST = 2 * 1024 * 1024


class Platform(addresses.RememberedAddresses):
    """The Flask application, with the key that signs the lobby's cookie."""

    url_rule_class = LateRule
    secret_key_for_lobby: str


def make_store(settings: Settings) -> Store:
    """Open a data directory, with scenarios to make sandboxes from.

    Raises:
        OSError: the directory cannot be made or written.
    """
    seed = companion("seed")
    template_for = seed.template_for(settings.data_dir / "templates")
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
    app.secret_key = secret
    app.secret_key_for_lobby = secret
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.extensions.update(settings=settings, store=store, products=PRODUCTS, worker=Worker(store))
    store.on_copied = sign_ins.forget_all
    credentials.use_profile(settings.password_profile)
    hosts.use(settings.webhook_hosts, loopback=settings.is_private)
    app.session_interface = SandboxSessions(store, secure=settings.secure, unvisited=PRODUCTS.unvisited)
    csrf = CSRFProtect(app)
    addresses.install(app)
    i18n.install(app)
    pages.install(app)
    errors.install(app)
    _install_sign_in(app)
    app.before_request(join.check_join_key)
    app.before_request(access.check_access)
    for product in PRODUCTS.all:
        app.register_blueprint(product.blueprint, url_prefix=product.prefix)
        if product.programs:
            csrf.exempt(product.blueprint)
    app.register_blueprint(lobby.blueprint)
    app.register_blueprint(api.blueprint, url_prefix="/_sim")
    csrf.exempt(api.blueprint)
    _install_manners(app)
    return app


def _install_sign_in(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None

    @manager.request_loader  # type: ignore[untyped-decorator]
    def _load(_: object) -> User | None:
        visit = g.get("visit")
        return User(visit.actor) if visit is not None and visit.actor is not None else None


def _install_manners(app: Flask) -> None:
    """Send the headers that keep pages safe, and let go of the sandbox when a request is answered."""

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
            "frame-ancestors 'none'",
        )
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        if request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-store")
        return response

    @app.teardown_request
    def _let_go(_: BaseException | None) -> None:
        sandbox = g.pop("sandbox", None)
        if sandbox is not None:
            sandbox.close()

    @app.get("/s/<sandbox>/")
    @access.public
    def front_door() -> Redirect:
        return redirect(url_for("home.overview"))


def _lasting_secret(directory: Path) -> str:
    """Return the key of this data directory, made once; anew when its file is empty: nothing can be signed with that."""
    path = directory / "secret"
    if not path.is_file() or not path.read_text(encoding="utf-8").strip():
        fresh = path.with_name(f"secret.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(machine_secret(), encoding="utf-8")
        fresh.replace(path)
    return path.read_text(encoding="utf-8")
