"""One visit of a browser to a sandbox: which generation, who, in what language. Loaded once a request, in one read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import g, request
from flask_login import UserMixin

from simulator.core import notices
from simulator.core.clock import Clock
from simulator.core.sandbox import Db, Sandbox
from simulator.core.texts import REQUESTABLE, best_language
from simulator.directory.actors import Actor, actor_of_session

if TYPE_CHECKING:
    from simulator.web.sessions import BrowserSession


@dataclass(frozen=True)
class Visit:
    """What every page needs to know about the browser that asks for it.

    Attributes:
        sandbox: the generation this request reads and writes, until it is answered.
        scenario: name of the sandbox's scenario.
        secret: signs the sandbox's cookies.
        join_key: opens the sandbox on a network.
        clock: the sandbox's clock at the start of the request.
        language: the language of the page.
        actor: who is signed in, or None.
        session_id: the sign-in session, or None.
        unread: how many notices the actor has not read.
    """

    sandbox: Sandbox
    scenario: str
    secret: str
    join_key: str
    clock: Clock
    language: str
    actor: Actor | None
    session_id: str | None
    unread: int


class User(UserMixin):  # type: ignore[misc]
    """The signed-in person as Flask-Login knows them."""

    def __init__(self, actor: Actor) -> None:
        self.id = str(actor.id)
        self.actor = actor


def read_visit(db: Db, session: "BrowserSession") -> Visit:
    """Find out who visits and in what language.

    Source: Connect's order of languages is not published. Own choice: what the visitor picked; the signed-in person's
    language; the language the sandbox was made in; the browser's; the scenario's.
    """
    head = db.head
    session_id = session.get("sid")
    actor = actor_of_session(db, session_id) if session_id else None
    language = session.get("language") or (actor.language if actor else None)
    if not language and not head.language_chosen:
        language = request.accept_languages.best_match(REQUESTABLE)
    return Visit(
        sandbox=db.sandbox,
        scenario=head.scenario,
        secret=head.secret,
        join_key=head.join_key,
        clock=db.clock,
        language=best_language(language, head.language),
        actor=actor,
        session_id=session_id if actor else None,
        unread=notices.unread(db, actor.id) if actor else 0,
    )


def visit() -> Visit:
    """Return the present request's visit."""
    found: Visit = g.visit
    return found


def actor() -> Actor:
    """Return who is signed in; only for views that let nobody else in."""
    found = visit().actor
    assert found is not None
    return found
