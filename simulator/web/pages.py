"""Rendering: what the layout of every page needs is put together here, so that no template has to look anything up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    get_flashed_messages,
    make_response,
    render_template,
    request,
    url_for,
)
from markupsafe import Markup

from simulator.core import texts
from simulator.core.late import late
from simulator.core.texts import text
from simulator.directory.roles import BY_CODE, SERVICES
from simulator.web import i18n, online_help
from simulator.web.access import has_permission, products
from simulator.web.addresses import here, product_address
from simulator.web.origin import lobby_is_open
from simulator.web.product import MenuItem, Product, Tile, Waiting
from simulator.web.visit import Visit, visit

if TYPE_CHECKING:
    from simulator.core.sandbox import Db
    from simulator.directory.actors import Actor
    from simulator.web.fidelity import Statement
    from simulator.web.problems import Problem

_REFUSED = (409, 422)
"""Statuses of a page that shows a form again, because of what was typed or of what somebody else has changed meanwhile."""
_VENDOR = Path(__file__).parent / "static" / "vendor"


@dataclass(frozen=True)
class Entry:
    """One link of a menu, ready to show.

    Attributes:
        text: what it says.
        href: where it leads.
        current: whether the page is this one.
        icon: its icon.
        holds_page: whether the page, the entry after this one, is a page of this list.
        second_line: what stands below ``text``.
    """

    text: str
    href: str
    current: bool = False
    icon: str | None = None
    holds_page: bool = False
    second_line: str | None = None


@dataclass(frozen=True)
class WaitingEntry:
    """A link to things that wait for the visitor, with their number."""

    text: str
    count: str
    href: str


@dataclass(frozen=True)
class Frame:
    """What surrounds the content of a platform page."""

    product: str
    home: str
    apps: list[Entry]
    menu: list[Entry]
    submenu: list[Entry]
    languages: list[Entry]
    visit: Visit
    here: str


@cache
def icon(name: str) -> Markup:
    """Return a vendored icon as inline SVG, hidden from screen readers."""
    (path,) = _VENDOR.glob(f"bootstrap-icons-*/{name}.svg")
    svg = path.read_text(encoding="utf-8")
    return Markup(svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))


@cache
def _vendored(name: str) -> str:
    (directory,) = _VENDOR.glob(f"{name}-[0-9]*")
    return directory.name


def vendored(name: str, file: str) -> str:
    """Return the address of a vendored file; its folder carries the version."""
    return url_for("static", filename=f"vendor/{_vendored(name)}/{file}")


def page(
    template: str,
    title: str,
    *,
    menu: str | None = None,
    with_menu: bool = True,
    status: int = 200,
    of: Product | None = None,
    problems: "Sequence[Problem]" = (),
    **values: Any,
) -> Response:
    """Render a page of a product. The document's title says when a form on it was refused.

    Args:
        template: below the product's templates.
        title: already in the page's language; becomes the ``h1`` and the start of the document's title.
        menu: text key of the menu or submenu entry that is open.
        with_menu: whether the product's menu is shown; not where it is still open what its pages would be about.
        status: HTTP status.
        of: the product whose page it is; that of the route when left out.
        problems: what is wrong with the address, such as a day that is none; forms bring their own.
        values: what the template shows.
    """
    is_refused = (
        bool(problems)
        or (request.method == "POST" and status in _REFUSED)
        or any(getattr(value, "problems", None) for value in values.values())
        or any(kind == "danger" for kind, _ in messages())
    )
    product = of or products().by_blueprint(request.blueprint)
    frame = _frame(product, menu, with_menu) if product and visit() else None
    language = i18n.language()
    body = render_template(
        template,
        title=title,
        frame=frame,
        language=language,
        t=partial(text, language),
        is_refused=is_refused,
        problems=problems,
        **values,
    )
    return make_response(body, status)


def not_simulated(
    key: str,
    title: str,
    sections: "Sequence[Statement]" = (),
    *,
    template: str = "web/not_simulated.html",
    menu: str | None = None,
    names: Mapping[str, str] | None = None,
    **values: Any,
) -> Response:
    """Render a page that says what the vendor's page holds and what to use instead.

    Args:
        key: text key of the page; ``.holds`` and ``.meanwhile`` behind it are the keys of the two sentences.
        title: as for ``page``.
        sections: the manual sections that are left out with it.
        template: one that extends the default.
        menu: as for ``page``.
        names: values of the two sentences' placeholders.
        values: what the template shows besides.
    """
    holds, meanwhile = (i18n.t(f"{key}.{part}", **names or {}) for part in ("holds", "meanwhile"))
    return page(template, title, menu=menu, holds=holds, meanwhile=meanwhile, sections=sections, **values)


def _frame(product: Product, menu: str | None, with_menu: bool) -> Frame:
    items = product.menu if with_menu else ()
    entries = [item for item in items if has_permission(item.permission) and _is_for_the_country(item)]
    opened = next((item for item in entries if menu in (item.text, *(child.text for child in item.children))), None)
    children = [child for child in opened.children if has_permission(child.permission)] if opened else []
    children = [child for child in children if not child.passing or child.text == menu]
    if opened is not None and menu == opened.text:
        menu = next((child.text for child in children if child.endpoint == opened.endpoint), menu)
    lists = {item.text for item, after in pairwise(children) if after.passing}
    return Frame(
        product=i18n.t(product.name),
        home=product_address("home"),
        apps=applications(names=True),
        menu=[_entry(item, item is opened) for item in entries],
        submenu=[_entry(child, child.text == menu, child.text in lists) for child in children] if len(children) > 1 else [],
        languages=language_entries(),
        visit=visit(),
        here=here(),
    )


def present_client(endpoint: str) -> dict[str, Any]:
    """Return the ``client`` of the present address, for a page of the same product whose address has one too."""
    values = request.view_args or {}
    name = f"{request.blueprint}{endpoint}" if endpoint.startswith(".") else endpoint
    is_here = name.rpartition(".")[0] == request.blueprint
    if is_here and "client" in values and current_app.url_map.is_endpoint_expecting(name, "client"):
        return {"client": values["client"]}
    return {}


def _is_for_the_country(item: MenuItem) -> bool:
    actor = visit().actor
    company = actor.company if actor is not None else None
    return item.country is None or (company is not None and company.country == item.country)


def _entry(item: MenuItem, current: bool, holds_page: bool = False) -> Entry:
    href = request.path if item.passing else url_for(item.endpoint, **present_client(item.endpoint))
    return Entry(i18n.t(item.text), href, current, holds_page=holds_page)


def applications(*, names: bool) -> list[Entry]:
    """Return the applications the visitor may open.

    Args:
        names: with the product's name, as in the app menu; otherwise with the tile's text, as on Home.
    """
    entries = [_application(product, product.name if names else tile.text) for product, tile in permitted()]
    return entries + not_simulated_services()


def permitted() -> list[tuple[Product, Tile]]:
    """Return the products that the visitor may open, with their tiles."""
    return [
        (product, product.tile)
        for product in products().all
        if product.tile is not None and not product.on_computer and has_permission(product.tile.permission)
    ]


def programs_on_computer(db: "Db", actor: "Actor") -> list[Entry]:
    """Return the tiles of the programs on the visitor's computer: those in which the visitor may open a client."""
    on_computer = [product for product in products().all if product.tile is not None and product.on_computer]
    if not on_computer:
        return []
    from simulator.sales.clients import programs

    openable = programs(db, actor)
    return [_application(product, product.tile.text) for product in on_computer if product.tile and product.code in openable]


def tiles(db: "Db", actor: "Actor") -> list[tuple[Entry, list[WaitingEntry]]]:
    """Return the tiles of Home, each with what waits in its product."""
    return [
        (
            _application(product, tile.text),
            waiting_entries(product.waiting(db, actor)) if product.waiting is not None else [],
        )
        for product in products().all
        for tile in (product.tile,)
        if tile is not None and not product.on_computer and _may_open(db, actor, product, tile)
    ] + [(entry, []) for entry in not_simulated_services()]


def _may_open(db: "Db", actor: "Actor", product: Product, tile: Tile) -> bool:
    return has_permission(tile.permission) or (product.is_opened_by is not None and product.is_opened_by(db, actor))


def not_simulated_services() -> list[Entry]:
    """Return an entry for each service that the visitor has a role in, here, and that no product simulates.

    Own choice: the entry says so, and leads to a page that says what can be tried instead.
    """
    actor = visit().actor
    held = {BY_CODE[code].service for code in actor.roles if code in BY_CODE} if actor is not None else set()
    services = [service for service in SERVICES if service in held and service not in products().services]
    return [
        Entry(
            i18n.t(f"service.{service}"),
            address,
            request.path == address,
            "three-dots",
            second_line=i18n.t("services.not_simulated"),
        )
        for service in services
        for address in (url_for("services.service", service=service),)
    ]


def _application(product: Product, text: str) -> Entry:
    assert product.tile is not None
    is_open = product is products().by_blueprint(request.blueprint)
    second_line = i18n.t(product.tile.names) if product.tile.names else None
    return Entry(i18n.t(text), product_address(product.code), is_open, product.tile.icon, second_line=second_line)


def waiting_entries(waiting: Sequence[Waiting]) -> list[WaitingEntry]:
    """Return links to what waits for the visitor; nothing for what there is none of."""
    return [
        WaitingEntry(i18n.t(item.text), i18n.show_number(item.count), url_for(item.endpoint, **item.address))
        for item in waiting
        if item.count
    ]


def language_entries() -> list[Entry]:
    """Return the languages to choose from, each in its own words."""
    return [Entry(name, code, code == i18n.language()) for code, name in texts.NAMES.items()]


def flash_text(key: str, kind: str = "success", **values: Any) -> None:
    """Show a message on the next page that is rendered.

    Args:
        key: text key.
        kind: ``success``, ``info``, ``warning`` or ``danger``.
        values: what the text's placeholders are filled with.
    """
    flash(i18n.t(key, **values), kind)


def messages() -> list[tuple[str, str]]:
    """Return the messages to show, as (kind, text)."""
    return cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))


def install(app: Flask) -> None:
    """Offer icons and messages to every template."""
    app.jinja_env.globals.update(
        icon=icon,
        key_obstacle=late("simulator.directory.security_keys.parties:obstacle"),
        messages=messages,
        vendored=vendored,
        product_address=product_address,
        lobby_is_open=lobby_is_open,
        online_help_address=online_help.address,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
