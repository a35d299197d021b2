"""One visit of a browser to a sandbox: which generation, who, in what language.

The two steps here come before everything else that a request below a sandbox does; the second reads all of it in one transaction.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app, g, request, session
from flask_login import current_user
from werkzeug.exceptions import NotFound

from simulator.core import collation, errors
from simulator.core.clock import Clock
from simulator.core.late import late
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Store
from simulator.core.texts import best_language
from simulator.web.i18n import browser_language
from simulator.web.looking import is_looking
from simulator.web.product import Products
from simulator.web.sessions import cookie_name, is_trainer_of, sandbox_of, unseal

if TYPE_CHECKING:
    from simulator.directory.actors import Actor

CLASS_TAG = "class:"
"""How the tag begins that names the class of a trainee's sandbox."""

actor_of_session = late("simulator.directory.actors:actor_of_session")
unread_notices = late("simulator.core.notices:unread")


class NoSuchSandbox(NotFound):
    """There is no sandbox of the name that an address has.

    Args:
        name: the name.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.sandbox_name = name


@dataclass(frozen=True)
class Visit:
    """What every page needs to know about the browser that asks for it.

    Attributes:
        sandbox: the generation this request reads and writes, until it is answered.
        scenario: name of the sandbox's scenario.
        cookie_key: signs the cookies of this generation.
        join_key: opens the sandbox on a network.
        clock: the sandbox's clock at the start of the request.
        language: the language of the page.
        actor: who is signed in, or None.
        session_id: the sign-in session, or None.
        unread: how many notices the actor has not read.
        has_faults: whether a test has ordered faults.
        in_class: whether the sandbox is that of a trainee, so that its pages have the bar of an exercise.
        is_trainer: whether the trainer's browser visits the sandbox of a trainee: nothing of that counts as the trainee's.
    """

    sandbox: Sandbox
    scenario: str
    cookie_key: str
    join_key: str
    clock: Clock
    language: str
    actor: "Actor | None"
    session_id: str | None
    unread: int
    has_faults: bool
    in_class: bool
    is_trainer: bool


def open_sandbox() -> None:
    """Open the present generation of the sandbox that the address names, until the request is answered.

    Raises:
        NoSuchSandbox: there is none of that name.
    """
    collation.use_language()
    name = sandbox_of(request.path)
    if name is None:
        return
    store: Store = current_app.extensions["store"]
    try:
        g.sandbox = store.open(name).within(store.quota)
    except errors.NotFound:
        raise NoSuchSandbox(name) from None
    g.sandbox.remote_address = request.remote_addr
    g.sandbox.is_read_only = is_looking()
    products: Products = current_app.extensions["products"]
    product = products.by_blueprint(request.blueprint)
    g.sandbox.door = product.code if product is not None else None


def find_visitor() -> None:
    """Read the sandbox's cookie, and find out who sent it; not for addresses that are read without any visit.

    Raises:
        Unreadable: the sandbox's file cannot be used.
    """
    if "sandbox" not in g or _is_without_visit():
        return
    with g.sandbox.reading() as db:
        content = unseal(db.cookie_key, request.cookies.get(cookie_name(g.sandbox.name), ""))
        session.update(content)
        session.modified = False
        g.visit = _read_visit(db)
    collation.use_language(g.visit.language)


def _is_without_visit() -> bool:
    products: Products = current_app.extensions["products"]
    product = products.by_blueprint(request.blueprint)
    if product is None:
        return False
    return product.without_visit or hasattr(current_app.view_functions.get(request.endpoint or ""), "without_visit")


def load_actor(_: object = None) -> "Actor | None":
    """Return who is signed in: Flask-Login's loader for ``current_user``."""
    visit: Visit | None = g.get("visit")
    return visit.actor if visit is not None else None


def close_sandbox(_: BaseException | None = None) -> None:
    """Let go of the sandbox when the request has been answered."""
    sandbox: Sandbox | None = g.pop("sandbox", None)
    if sandbox is not None:
        sandbox.close()


def _read_visit(db: Db) -> Visit:
    """Find out who visits and in what language.

    Source: Connect's order of languages is not published. Own choice: what the visitor picked; the signed-in person's
    language; the language the sandbox was made in; the browser's; the scenario's.
    """
    head = db.head
    session_id = session.get("sid")
    actor: Actor | None = actor_of_session(db, session_id) if session_id else None
    language = session.get("language") or (actor.language if actor else None)
    if not language and not head.language_chosen:
        language = browser_language()
    in_class = any(tag.startswith(CLASS_TAG) for tag in head.tags)
    return Visit(
        sandbox=db.sandbox,
        scenario=head.scenario,
        cookie_key=db.cookie_key,
        join_key=head.join_key,
        clock=db.clock,
        language=best_language(language, head.language),
        actor=actor,
        session_id=session_id if actor else None,
        unread=unread_notices(db, actor.id) if actor else 0,
        has_faults=bool(head.has_faults),
        in_class=in_class,
        is_trainer=in_class and is_trainer_of(db.sandbox.name),
    )


def visit() -> Visit:
    """Return the present request's visit."""
    return cast(Visit, g.visit)


def actor() -> "Actor":
    """Return who is signed in; only for views that let nobody else in."""
    return cast("Actor", current_user._get_current_object())
