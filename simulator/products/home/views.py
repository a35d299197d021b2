"""Routes of Home."""

from typing import Any

from flask import Blueprint, abort, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator import __version__
from simulator.core import notices as bell
from simulator.core.late import late
from simulator.core.notices import NoticeKind
from simulator.core.numbers import whole_number
from simulator.core.texts import LANGUAGES
from simulator.directory import actors, support
from simulator.products.home import about as facts
from simulator.products.home import online_help as help_topics
from simulator.products.home import queries
from simulator.web import i18n
from simulator.web.access import signed_in
from simulator.web.addresses import local_path
from simulator.web.fidelity import statements
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import page, programs_on_computer, tiles, waiting_entries
from simulator.web.product import Waiting
from simulator.web.visit import actor, visit

accesses_that_end = late("simulator.billing.access:ending_for")

blueprint = Blueprint("home", __name__, template_folder="templates")


@blueprint.get("/")
@signed_in
def overview() -> Response:
    """Show the applications that the visitor may open, and what waits in each.

    Source: "Specificatie verbruik Visma.net AutoInvoice", step 1, the overview from which Admin is chosen. Own choice: what waits,
    and the programs on the visitor's computer.
    """
    unread = Waiting("home.waiting.notices", visit().unread, "home.notices")
    with visit().sandbox.reading() as db:
        entries, programs = tiles(db, actor()), programs_on_computer(db, actor())
        accesses = accesses_that_end(db, actor())
    values: dict[str, Any] = {
        "tiles": entries,
        "programs": programs,
        "waiting": waiting_entries([unread]),
        "accesses": accesses,
    }
    return page("home/overview.html", i18n.t("home.name"), **values)


@blueprint.post("/company")
@signed_in
def choose_company() -> Response:
    """Switch to another company; the choice is saved for the person."""
    company_id = whole_number(request.form.get("company", ""))
    with visit().sandbox.transaction() as db:
        if company_id is None or not actors.choose_company(db, actor(), company_id):
            abort(404)
    return redirect(local_path(request.form.get("back")) or url_for(".overview"))


@blueprint.get("/notices")
@signed_in
def notices() -> Response:
    """List the bell's notices of the last 30 days, newest first; the address filters.

    Own choice: filters by kind and by what is unread, and pages.
    """
    kind = request.args.get("kind", "")
    filters = bell.Filter(
        NoticeKind(kind) if kind in list(NoticeKind) else None, unread=request.args.get("state") == "unread"
    )
    requested = page_request(request.args, ("at",))
    with visit().sandbox.reading() as db:
        listed = queries.list_notices(db, actor(), filters, requested)
        kinds = bell.kinds(db, actor().id)
        newest = next(iter(bell.latest(db, actor().id, limit=1)), None)
    return page(
        "home/notices.html",
        i18n.t("home.notices"),
        notices=listed,
        filters=filters,
        kinds=kinds,
        newest=newest.id if newest is not None else None,
        unread=visit().unread,
        address={
            "kind": filters.kind,
            "state": "unread" if filters.unread else None,
            "size": requested.size if requested.size != SIZES[0] else None,
        },
        sizes=SIZES,
    )


@blueprint.get("/unread")
@signed_in
def unread_notices() -> Response:
    """Return the number of unread notices as JSON, for the bell of an open page."""
    count = visit().unread
    answer = jsonify(unread=count, label=i18n.t("layout.notices", unread=count))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/notices/read")
@signed_in
def read_notice() -> Response:
    """Mark one notice as read and redirect to its link, at the company that it is about; or mark all that the page knew of.

    Own choice: a notice that is no longer in the bell, or belongs to another person, is answered by 404; without the right to what
    it is about, it is marked only.
    """
    choice = request.form.get("notice", "")
    back = local_path(request.form.get("back")) or url_for(".notices")
    with visit().sandbox.transaction() as db:
        if choice == "all":
            bell.mark_read(db, actor().id, up_to=whole_number(request.form.get("newest", "")))
            return redirect(back)
        notice_id = whole_number(choice)
        notice = bell.of_person(db, notice_id, actor().id) if notice_id is not None else None
        if notice is None:
            abort(404)
        bell.mark_read(db, actor().id, notice.id)
        targets = queries.Targets(db, actor())
        if not targets.may_follow(notice):
            return redirect(back)
        company_id = targets.company_of(notice)
        if company_id is not None:
            actors.choose_company(db, actor(), company_id)
        link = notice.link
    return redirect(f"/s/{visit().sandbox.name}{link}")


@blueprint.get("/help")
@signed_in
def help() -> Response:
    """Show support's address, and which sections of the published manuals this simulator reproduces, product by product.

    Own choice: the remarks exist in English only, so that other readers ask for them, by ``?remarks=1``.
    """
    remarks = i18n.language() == "en" or "remarks" in request.args
    values: dict[str, Any] = {"statements": statements(), "desks": support.desk_addresses(), "remarks": remarks}
    return page("home/help.html", i18n.t("layout.help"), **values)


@blueprint.get("/help/online")
@signed_in
def online_help() -> Response:
    """List what Online help describes, by product.

    Source: "WebFaktura og Visma.net", Registrer bruker i Visma.net: Admin, Help, *Online help*.
    """
    language = _help_language()
    values: dict[str, Any] = {"products": help_topics.topics(language), "topics_language": language}
    return page("home/online_help.html", i18n.t("home.online_help"), **values)


@blueprint.get("/help/online/<topic>")
@signed_in
def online_help_topic(topic: str) -> Response:
    """Show a topic step by step with pictures. Own choice: the steps are those of the walked manual."""
    language = _help_language()
    described = next(
        (entry for entries in help_topics.topics(language).values() for entry in entries if entry.code == topic), None
    )
    if described is None:
        abort(404)
    values: dict[str, Any] = {"topic": described, "topics_language": language}
    return page("home/online_help_topic.html", i18n.t("home.online_help"), **values)


@blueprint.get("/help/whats-new")
@signed_in
def whats_new() -> Response:
    """Show what is new in the simulator. Own choice: all of it."""
    language = _help_language()
    values: dict[str, Any] = {"news": facts.news(language), "news_language": language}
    return page("home/whats_new.html", i18n.t("home.whats_new"), **values)


@blueprint.get("/help/about")
@signed_in
def about() -> Response:
    """Show the version, the sandbox with its scenario and clock, and the licences of the assets. Own choice: all of it."""
    values: dict[str, Any] = {"version": __version__, "now": visit().clock.now(), "assets": facts.assets()}
    return page("home/about.html", i18n.t("home.about"), **values)


def _help_language() -> str:
    """Return the page's language; English where it has no pictures of its own."""
    return i18n.language() if i18n.language() in LANGUAGES else "en"
