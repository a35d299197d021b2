"""Routes of Admin: the customer's e-mail domains and their policies."""

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import password_rules
from simulator.directory.email_domains import domains
from simulator.directory.email_domains.models import EmailDomain
from simulator.directory.models import Customer
from simulator.products.admin.domain_forms import AddDomain, DomainPolicy
from simulator.products.admin.views.blueprint import blueprint
from simulator.web import i18n
from simulator.web.access import has_permission, requires
from simulator.web.commands import run_command
from simulator.web.forms import Plain
from simulator.web.pages import flash_text, page
from simulator.web.visit import actor, visit

DOMAIN = "/domains/<int:domain_id>"


@blueprint.get("/domains")
@requires("admin.view_configuration")
def email_domains() -> Response:
    """List the customer's e-mail domains.

    Source: Connect help, domains: tab *Domains*, the column of the status.
    """
    with visit().sandbox.reading() as db:
        rows = domains.of_customer(db, _customer_id())
        return page(
            "admin/domains.html",
            i18n.t("admin.domains"),
            menu="admin.domains",
            rows=rows,
            may_configure=has_permission("admin.configure"),
        )


@blueprint.route("/domains/add", methods=["GET", "POST"])
@requires("admin.configure")
def add_email_domain() -> Response:
    """Add an e-mail domain; the next page has the record that proves it."""
    form, status = AddDomain(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with visit().sandbox.transaction() as db:
                    customer = db.get_one(Customer, _customer_id())
                    domain = domains.add(db, actor(), customer, form.domain.data)
                    return redirect(url_for(".email_domain", domain_id=domain.id))
            except RuleViolation as refusal:
                form.refuse(refusal)
                status = refusal.status
    return page("admin/add_domain.html", i18n.t("admin.domains.add"), menu="admin.domains", status=status, form=form)


@blueprint.get(DOMAIN)
@requires("admin.view_configuration")
def email_domain(domain_id: int) -> Response:
    """Show the record of an e-mail domain, and once it is verified its policy."""
    return _domain_page(domain_id)


@blueprint.post(f"{DOMAIN}/verify")
@requires("admin.configure")
def verify_email_domain(domain_id: int) -> Response:
    """Look the record up and verify the domain."""

    def verify(db: Db) -> dict[str, str]:
        domain = _own(db, domain_id)
        domains.verify(db, actor(), domain)
        return {"domain": domain.domain}

    address = url_for(".email_domain", domain_id=domain_id)
    return run_command(verify, "admin.domains.was_verified", address, lambda status: _domain_page(domain_id, status=status))


@blueprint.post(f"{DOMAIN}/record")
@requires("admin.configure")
def create_dns_record(domain_id: int) -> Response:
    """Create the record in the simulated DNS. Own choice: for people who have a browser and no control API."""

    def create(db: Db) -> dict[str, str]:
        domain = _own(db, domain_id)
        domains.create_record(db, domain)
        return {"domain": domain.domain}

    return run_command(create, "admin.domains.record_created", url_for(".email_domain", domain_id=domain_id))


@blueprint.post(f"{DOMAIN}/policy")
@requires("admin.configure")
def set_domain_policy(domain_id: int) -> Response:
    """Change how people of the domain sign in.

    Source: Connect help, policies: two-step verification enforced, password rules, allowed identity providers.
    """
    form = DomainPolicy()
    form.offer()
    if not form.validate():
        return _domain_page(domain_id, form, status=422)
    try:
        with visit().sandbox.transaction() as db:
            changed = domains.set_policy(
                db,
                actor(),
                _own(db, domain_id),
                require_two_step=bool(form.require_two_step.data),
                rules=password_rules.BY_CODE[form.password_rules.data],
                identity_providers=form.allowed,
            )
    except RuleViolation as refusal:
        form.refuse(refusal)
        return _domain_page(domain_id, form, status=refusal.status)
    flash_text("admin.domains.saved" if changed else "admin.configuration.unchanged", "success" if changed else "info")
    return redirect(url_for(".email_domain", domain_id=domain_id))


@blueprint.route(f"{DOMAIN}/remove", methods=["GET", "POST"])
@requires("admin.configure")
def remove_email_domain(domain_id: int) -> Response:
    """Remove a domain, after a page that says what that means."""
    form = Plain()
    if form.validate_on_submit():

        def remove(db: Db) -> dict[str, str]:
            domain = _own(db, domain_id)
            domains.remove(db, actor(), domain)
            return {"domain": domain.domain}

        return run_command(remove, "admin.domains.was_removed", url_for(".email_domains"))
    with visit().sandbox.reading() as db:
        domain = _own(db, domain_id)
        title = i18n.t("admin.domains.remove_title", domain=domain.domain)
        return page("admin/remove_domain.html", title, menu="admin.domains", form=form, domain=domain)


def _customer_id() -> int:
    customer_id = actor().customer_id
    assert customer_id is not None
    return customer_id


def _own(db: Db, domain_id: int) -> EmailDomain:
    return domains.find(db, _customer_id(), domain_id) or abort(404)


def _domain_page(domain_id: int, form: DomainPolicy | None = None, status: int = 200) -> Response:
    with visit().sandbox.reading() as db:
        domain = _own(db, domain_id)
        if form is None:
            form = DomainPolicy(formdata=None, obj=domain)
            form.offer()
            form.allow(domain.identity_providers)
        return page(
            "admin/domain.html",
            domain.domain,
            menu="admin.domains",
            status=status,
            form=form,
            domain=domain,
            record=domains.record_of(domain),
            is_in_dns=domains.record_of(domain) in domains.dns_texts(db, domain.domain),
            may_configure=has_permission("admin.configure"),
        )
