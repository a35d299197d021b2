"""The Flask application: products are imported and registered at their first request, and addresses are built once.

A product's ``product.py`` says below which paths its pages are; its views, services and libraries are imported when the first of
those paths, or the address of one of its pages, is asked for.
"""

from collections.abc import Iterable, Sequence, ValuesView
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from threading import RLock
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Flask, Request, current_app, g, has_request_context, request
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.routing import MapAdapter, Rule

from simulator.core.desks import ACTION_MODULES
from simulator.core.jobs.registry import MODULES
from simulator.web.rules import GrowingMap, LateRule

if TYPE_CHECKING:
    from flask_wtf.csrf import CSRFProtect

    from simulator.web.submissions import Submissions

MOST_ADDRESSES = 4096
LONGEST_ARGUMENT = 64
"""Own choice: about a hundred sandboxes with all that their menus and lists link to; no long arguments, so that it stays small."""


SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class StaleForm(BadRequest):
    """A form was sent without the token of the present session."""


@dataclass(frozen=True, kw_only=True)
class LateBlueprint:
    """A blueprint that is imported at its first request.

    Attributes:
        name: the blueprint's name, with which its endpoints begin; before a dot, that of the one whose errors it shares.
        module: the module whose ``blueprint`` it is.
        prefix: where its routes begin.
        paths: the beginnings of its paths, by whole segments: those below a sandbox for a product, else those of the application;
            the longest one that a path begins with decides. An empty one is the front page. ``*`` stands for any other segment.
        programs: whether programs call it, so that its forms have no CSRF tokens.
    """

    name: str
    module: str
    prefix: str
    paths: tuple[str, ...]
    programs: bool = False


class _Paths:
    """The blueprints by the beginnings of their paths, as a tree of segments.

    Attributes:
        name: that of the blueprint whose path ends here.
    """

    def __init__(self) -> None:
        self.name: str | None = None
        self._below: dict[str, _Paths] = {}

    def add(self, path: Sequence[str], name: str) -> None:
        """Add the beginning of a path, by its segments."""
        paths = self
        for segment in path:
            paths = paths._below.setdefault(segment, _Paths())
        paths.name = name

    def longest(self, path: Iterable[str]) -> str | None:
        """Return the name at the longest beginning of a path that there is; None without one."""
        paths, name = self, None
        for segment in path:
            below = paths._below.get(segment) or paths._below.get("*")
            if below is None:
                break
            paths, name = below, below.name or name
        return name


class Platform(Flask):
    """The application.

    Attributes:
        secret_key_for_lobby: signs the lobby's cookie.
    """

    url_map_class = GrowingMap
    url_rule_class = LateRule
    url_map: GrowingMap
    secret_key_for_lobby: str

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._for_programs: set[str] = set()
        self._late: dict[str, LateBlueprint] = {}
        self._late_by_path = _Paths()
        self._loading = RLock()
        self._addresses: dict[tuple[Any, ...], str] = {}

    def register_late(self, blueprint: LateBlueprint) -> None:
        """Let a blueprint be registered at its first request."""
        self._late[blueprint.name] = blueprint
        if blueprint.programs:
            self._for_programs.add(blueprint.name)
        for path in blueprint.paths:
            self._late_by_path.add(path.split("/"), blueprint.name)

    def load(self, name: str) -> None:
        """Import and register a blueprint, unless it is registered already or there is none of that name.

        One at a time: of two threads that import a package of modules at once, one may get it half imported from Python 3.11.
        """
        if name not in self._late:
            return
        with self._loading:
            late = self._late.get(name)
            if late is None:
                return
            parent = name.rpartition(".")[0]
            self.load(parent)
            blueprint: Blueprint = import_module(late.module).blueprint
            with self.url_map.growing:
                self.register_blueprint(blueprint, url_prefix=late.prefix, name_prefix=parent)
            del self._late[name]

    @cached_property
    def csrf(self) -> "CSRFProtect":
        """What compares the token of a form; imported for the first form that is sent."""
        from simulator.web.form_tokens import NamedTokens

        with self._loading:
            return NamedTokens(self)

    def has_form(self, request: Request) -> bool:
        """Return whether people send a request with a form of a page; programs send theirs without."""
        view = self.view_functions.get(request.endpoint or "")
        return view is not None and request.blueprint not in self._for_programs and not hasattr(view, "for_programs")

    def dispatch_request(self) -> Any:
        """Answer a request by its view; equal submissions of a form are answered alike."""
        if request.method != "POST" or "visit" not in g or not self.has_form(request):
            return super().dispatch_request()
        from simulator.web.submissions import key_of

        view = self.view_functions[str(request.endpoint)]
        # What a fault lets be refused is not completed, however the view says it.
        refuses = "fault" in g and g.fault.outcome == "refused"
        key = key_of(request, g.visit.sandbox.path)
        return self.submissions.answer(key, super().dispatch_request, works_once=hasattr(view, "works_once") and not refuses)

    @cached_property
    def submissions(self) -> "Submissions":
        """The forms that are being answered; imported for the first form that is sent."""
        from simulator.web.submissions import Submissions

        with self._loading:
            made: Submissions = self.__dict__.setdefault("submissions", Submissions())
        return made

    def load_all(self) -> None:
        """Import and register all blueprints, jobs and actions on cases: for what needs every route, or every declared word."""
        for name in list(self._late):
            self.load(name)
        for module in dict.fromkeys((*MODULES.values(), *ACTION_MODULES)):
            import_module(module)

    def all_routes(self) -> list[Rule]:
        """Return all routes, those of products that nobody has visited too."""
        self.load_all()
        return list(self.url_map.iter_rules())

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Register the blueprint that a request is for before its route is looked for."""
        if request is not None and self._late:
            self._load_for(request.path)
        return super().create_url_adapter(request)

    def page_at(self, address: str) -> str | None:
        """Return the endpoint of the page at an address of this server, without its host; None when there is no page."""
        return self.endpoint_at(address.partition("?")[0], "GET")

    def endpoint_at(self, path: str, method: str) -> str | None:
        """Return the endpoint of the route at a path of this server; None when there is none with this method."""
        self._load_for(path)
        try:
            with self.url_map.growing:
                endpoint, _ = self.url_map.bind("localhost").match(path, method=method)
        except HTTPException:
            return None
        return str(endpoint)

    def _load_for(self, path: str) -> None:
        segments = [segment for segment in path.split("/") if segment]
        below = segments[2:] if segments[:1] == ["s"] else ["", *(segments or [""])]
        name = self._late_by_path.longest(below)
        if name is not None:
            self.load(name)

    def iter_blueprints(self) -> ValuesView[Blueprint]:
        """Return the registered blueprints, as they are now: another request may register one meanwhile."""
        return cast(ValuesView[Blueprint], dict(self.blueprints).values())

    def url_for(self, endpoint: str, **values: Any) -> str:
        """Return an address, as Flask does; each page has dozens, and most are those of the page before."""
        self.load(endpoint.rpartition(".")[0])
        if not has_request_context() or endpoint.startswith(".") or not all(map(_is_short, values.values())):
            return super().url_for(endpoint, **values)
        key = (request.script_root, g.get("sandbox_name"), endpoint, *values.items())
        address = self._addresses.get(key)
        if address is None:
            if len(self._addresses) >= MOST_ADDRESSES:
                self._addresses.clear()
            address = self._addresses[key] = super().url_for(endpoint, **values)
        return address

    def _check_setup_finished(self, f_name: str) -> None:
        """Let blueprints be registered after the first request.

        Flask's own method, which is not public, refuses that because processes with different routes would answer differently;
        here each process registers what it is asked for before it looks for a route. A test goes red when Flask asks another way.
        """


def platform() -> Platform:
    """Return the present application."""
    return cast(Platform, current_app)


def check_csrf_token() -> None:
    """Require the token of its form from what changes something; programs, which have no forms, are exempt.

    Raises:
        StaleForm: it is missing, or of another session.
    """
    if request.method in SAFE_METHODS or not platform().has_form(request):
        return
    from flask_wtf.csrf import CSRFError

    try:
        platform().csrf.protect()
    except CSRFError as error:
        raise StaleForm(error.description) from None


def _is_short(value: object) -> bool:
    """Return whether a value may be part of a stored address: neither long nor a truth value, which would equal the number 1."""
    return value is None or type(value) is int or (isinstance(value, str) and len(value) <= LONGEST_ARGUMENT)
