"""Routes of Admin: company groups, user groups and role groups, which have the same pages."""

from typing import Any

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.numbers import LARGEST_ID, whole_number
from simulator.core.sandbox import Db
from simulator.directory.companies import ChangedMeanwhile
from simulator.directory.groups import groups as directory
from simulator.directory.groups.groups import Group, Kind
from simulator.directory.roles import BY_CODE
from simulator.products.admin.group_forms import EditGroup
from simulator.products.admin.queries import groups as queries
from simulator.products.admin.queries.grid import Held, grid, ticked_values
from simulator.products.admin.queries.scope import AdminScope, by_service
from simulator.products.admin.queries.user import access_within
from simulator.products.admin.queries.users import LONGEST_SEARCH
from simulator.products.admin.services import groups as services
from simulator.products.admin.services.access import OwnRole
from simulator.products.admin.views.blueprint import blueprint
from simulator.products.admin.views.user import grid_page, still_administers
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.forms import Plain
from simulator.web.listing import SIZES, page_request
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit

KINDS = {f"{kind.replace('_', '-')}s": kind for kind in Kind}
"""The kinds of group by the part of the address that is theirs: ``user-groups``."""

ANY = f"any({', '.join(f'{word!r}' for word in KINDS)})"
GROUP = f"/<{ANY}:kind>/<int(max={LARGEST_ID}):group_id>"


@blueprint.get("/company-groups")
@requires("admin.manage_groups")
def company_groups() -> Response:
    """List the company groups of the customer.

    Source: "Firmagrupper, Brukergrupper og Rollegrupper i Visma.net Admin", Firmagrupper.
    """
    return _list_page(Kind.COMPANY)


@blueprint.get("/user-groups")
@requires("admin.manage_groups")
def user_groups() -> Response:
    """List the user groups of the customer.

    Source: "Firmagrupper, Brukergrupper og Rollegrupper i Visma.net Admin", Brukergrupper.
    """
    return _list_page(Kind.USER)


@blueprint.get("/role-groups")
@requires("admin.manage_groups")
def role_groups() -> Response:
    """List the role groups of the customer.

    Source: "Firmagrupper, Brukergrupper og Rollegrupper i Visma.net Admin", Rollegrupper.
    """
    return _list_page(Kind.ROLE)


def _list_page(kind: Kind) -> Response:
    search = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    requested = page_request(request.args, queries.SORTED_BY)
    with visit().sandbox.reading() as db:
        scope = services.groups_scope(db, actor())
        listed = queries.list_groups(db, kind, scope.customer_id, search, requested)
    return page(
        "admin/groups.html",
        i18n.t(f"admin.{kind}s"),
        menu=f"admin.{kind}s",
        groups=listed,
        kind=kind,
        word=_word(kind),
        search=search,
        sizes=SIZES,
        address={
            "q": search or None,
            "size": requested.size if requested.size != SIZES[0] else None,
            "sort": requested.sort if requested.sort != queries.SORTED_BY[0] else None,
            "order": "desc" if requested.descending else None,
        },
    )


@blueprint.route(f"/<{ANY}:kind>/add", methods=["GET", "POST"])
@requires("admin.manage_groups")
def add_group(kind: str) -> Response:
    """Add a group; users or companies join it on the next page.

    Source: "Firmagrupper, Brukergrupper og Rollegrupper i Visma.net Admin". Own choice: members are chosen on a page of their
    own, because there may be thousands.
    """
    return _edit(KINDS[kind], None)


@blueprint.get(GROUP)
@requires("admin.manage_groups")
def group(kind: str, group_id: int) -> Response:
    """Show one group: its name, and the roles of a user group or role group."""
    form = EditGroup()
    with visit().sandbox.reading() as db:
        scope = services.groups_scope(db, actor())
        stored_group = _group(db, KINDS[kind], group_id)
        form.name.data, form.version.data = stored_group.name, str(stored_group.version)
        held = _held(db, scope, stored_group)
        if KINDS[kind] is Kind.ROLE:
            form.roles.data = directory.members(db, stored_group)
    return _group_page(scope, KINDS[kind], form, stored_group, held)


@blueprint.post(GROUP)
@requires("admin.manage_groups")
def save_group(kind: str, group_id: int) -> Response:
    """Save a group, or add a row to the grid of a user group without saving."""
    return _edit(KINDS[kind], group_id)


def _edit(kind: Kind, group_id: int | None) -> Response:
    form, conflict, own_role, status = EditGroup(), None, False, 200
    if form.is_submitted():
        status = 422
        if request.form.get("deed") == "give_access" and kind is Kind.USER:
            if form.access_to.data:
                form.row.data = [*(form.row.data or ()), form.access_to.data]
                status = 200
            else:
                form.access_to.errors = [i18n.t("error.admin.target_missing")]
        elif request.form.get("deed", "").startswith("page "):
            status = 200
        elif form.validate():
            try:
                with visit().sandbox.transaction() as db:
                    before = _group(db, kind, group_id) if group_id is not None else None
                    saved = services.save_group(db, actor(), kind, before, form.edit)
                    may_stay = still_administers(db)
            except ChangedMeanwhile as refusal:
                conflict, status = refusal, refusal.status
            except RuleViolation as refusal:
                form.refuse(refusal)
                own_role, status = isinstance(refusal, OwnRole), refusal.status
            else:
                flash_text("admin.groups.saved", name=saved.name)
                return redirect(_next_page(kind, saved.id, new=group_id is None) if may_stay else url_for("home.overview"))
    with visit().sandbox.reading() as db:
        scope = services.groups_scope(db, actor())
        stored_group = _group(db, kind, group_id) if group_id is not None else None
        held = _held(db, scope, stored_group) if stored_group is not None else Held()
    if conflict is not None and stored_group is not None:
        form.version.data = str(stored_group.version)
    return _group_page(scope, kind, form, stored_group, held, status=status, conflict=conflict, own_role=own_role)


def _next_page(kind: Kind, group_id: int, *, new: bool) -> str:
    if new and kind is not Kind.ROLE:
        return url_for(".group_members", kind=_word(kind), group_id=group_id)
    return url_for(f".{kind}s")


def _group_page(
    scope: AdminScope,
    kind: Kind,
    form: EditGroup,
    stored_group: Group | None,
    held: Held,
    *,
    status: int = 200,
    conflict: ChangedMeanwhile | None = None,
    own_role: bool = False,
) -> Response:
    """Render the page of a group with what was typed and ticked, saved or not."""
    ticked = ticked_values(scope, held, form.row.data or (), form.grant.data or ())
    added = form.access_to.data if request.form.get("deed") == "give_access" else None
    lines = grid(scope, held, form.row.data or (), ticked, grid_page(), added or None)
    form.offer(scope, lines.codes)
    form.access_to.data = ""
    in_group = {code for code in form.roles.data or () if code in BY_CODE}
    roles = [role for role in BY_CODE.values() if role in scope.assignable_roles or role.code in in_group]
    return page(
        "admin/group.html",
        stored_group.name if stored_group is not None else i18n.t(f"admin.add_{kind}"),
        menu=f"admin.{kind}s",
        status=status,
        form=form,
        kind=kind,
        word=_word(kind),
        group=stored_group,
        grid=lines,
        ticked=ticked,
        conflict=conflict,
        own_role=own_role,
        by_service=by_service(lines.roles),
        role_choices=by_service(roles),
        assignable=scope.assignable_roles,
        members_text=f"admin.{kind}.members",
    )


@blueprint.get(f"{GROUP}/members")
@requires("admin.manage_groups")
def group_members(kind: str, group_id: int) -> Response:
    """List the users or companies in a group, or all that could be; a search finds among them."""
    return _members_page(KINDS[kind], group_id, Plain())


@blueprint.post(f"{GROUP}/members")
@requires("admin.manage_groups")
def save_members(kind: str, group_id: int) -> Response:
    """Save who on the page of the list is in the group."""
    form = Plain()
    if not form.validate():
        return _members_page(KINDS[kind], group_id, form, status=422)
    listed = {number for number in map(whole_number, request.form.getlist("listed")[: SIZES[-1]]) if number is not None}
    ticked = _ticked()
    try:
        with visit().sandbox.transaction() as db:
            stored_group = _group(db, KINDS[kind], group_id)
            version = whole_number(request.form.get("version", "")) or 0
            before = stored_group.version
            services.change_members(
                db,
                actor(),
                stored_group,
                version,
                include=listed & ticked,
                exclude=listed - ticked,
                confirmed="confirmed" in request.form,
            )
            changed, name = stored_group.version != before, stored_group.name
            may_stay = still_administers(db)
    except ChangedMeanwhile as refusal:
        return _members_page(KINDS[kind], group_id, form, status=refusal.status, conflict=refusal)
    except RuleViolation as refusal:
        form.refuse(refusal)
        return _members_page(KINDS[kind], group_id, form, status=refusal.status, own_role=isinstance(refusal, OwnRole))
    flash_text("admin.groups.saved" if changed else "admin.groups.unchanged", "success" if changed else "info", name=name)
    if not may_stay:
        return redirect(url_for("home.overview"))
    return redirect(url_for(".group_members", kind=kind, group_id=group_id, **_members_address(request.form)))


def _ticked() -> set[int]:
    return {number for number in map(whole_number, request.form.getlist("member")) if number is not None}


def _members_address(arguments: Any) -> dict[str, Any]:
    """Return the filters of the list of members that an address or a form names."""
    requested = page_request(arguments, ("name",))
    return {
        "q": arguments.get("q", "").strip()[:LONGEST_SEARCH] or None,
        "all": 1 if arguments.get("all") else None,
        "size": requested.size if requested.size != SIZES[0] else None,
        "page": requested.page if requested.page > 1 else None,
    }


def _members_page(
    kind: Kind,
    group_id: int,
    form: Plain,
    *,
    status: int = 200,
    conflict: ChangedMeanwhile | None = None,
    own_role: bool = False,
) -> Response:
    arguments = request.form if request.method == "POST" else request.args
    address, requested = _members_address(arguments), page_request(arguments, ("name",))
    if kind is Kind.ROLE:
        abort(404)
    with visit().sandbox.reading() as db:
        scope = services.groups_scope(db, actor())
        stored_group = _group(db, kind, group_id)
        is_empty = not directory.members(db, stored_group)
        everybody = bool(address["all"] or address["q"] or is_empty)
        members = queries.list_members(db, scope, stored_group, address["q"] or "", everybody, requested)
    return page(
        "admin/group_members.html",
        f"{stored_group.name}: {i18n.t(f'admin.{kind}.members')}",
        menu=f"admin.{kind}s",
        status=status,
        form=form,
        group=stored_group,
        kind=kind,
        word=_word(kind),
        members=members,
        ticked=_ticked() if status != 200 else {row.id for row in members.rows if row.is_member},
        everybody=everybody,
        is_empty=is_empty,
        conflict=conflict,
        own_role=own_role,
        address={**address, "kind": _word(kind), "group_id": group_id, "page": None},
        members_text=f"admin.{kind}.members",
        sizes=SIZES,
    )


@blueprint.route(f"{GROUP}/delete", methods=["GET", "POST"])
@requires("admin.manage_groups")
def delete_group(kind: str, group_id: int) -> Response:
    """Say what people lose and ask for confirmation, then delete a group."""
    form, own_role, status = Plain(), False, 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with visit().sandbox.transaction() as db:
                    ended = _group(db, KINDS[kind], group_id)
                    name = ended.name
                    services.delete_group(db, actor(), ended, confirmed="confirmed" in request.form)
                    may_stay = still_administers(db)
            except RuleViolation as refusal:
                form.refuse(refusal)
                own_role, status = isinstance(refusal, OwnRole), refusal.status
            else:
                flash_text("admin.groups.deleted", name=name)
                return redirect(url_for(f".{KINDS[kind]}s") if may_stay else url_for("home.overview"))
    with visit().sandbox.reading() as db:
        stored_group = _group(db, KINDS[kind], group_id)
        loss = queries.loss_of(db, stored_group)
    return page(
        "admin/delete_group.html",
        i18n.t("admin.groups.delete.title", name=stored_group.name),
        menu=f"admin.{KINDS[kind]}s",
        status=status,
        form=form,
        group=stored_group,
        word=kind,
        loss=loss,
        own_role=own_role,
    )


def _group(db: Db, kind: Kind, group_id: int) -> Group:
    return directory.find(db, kind, actor().customer_id, group_id) or abort(404)


def _held(db: Db, scope: AdminScope, stored_group: Group) -> Held:
    if directory.kind_of(stored_group) is not Kind.USER:
        return Held()
    return Held(frozenset(access_within(db, scope, stored_group)))  # type: ignore[arg-type]


def _word(kind: Kind) -> str:
    return f"{kind.replace('_', '-')}s"
