"""Routes of Settings. AutoInvoice's own settings belong to that product."""

import re
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from simulator.billing import licences as licensing
from simulator.billing import queries as billing
from simulator.billing.models import Invoice, InvoiceLine, InvoiceSystem
from simulator.billing.products import BY_CODE, LicensedProduct
from simulator.core.errors import RuleViolation
from simulator.core.numbers import whole_number
from simulator.core.sandbox import Db
from simulator.directory import countries
from simulator.directory.models import Customer
from simulator.documents import vendor_invoices
from simulator.products.settings import queries, services
from simulator.products.settings.exports import COMPANIES, FORMATS, SPECIFICATION, SPECIFICATION_OF_CONTRACT
from simulator.products.settings.forms import RegisterLicence
from simulator.web import i18n
from simulator.web.access import has_permission, requires
from simulator.web.download import download
from simulator.web.invoice_lines import explanations
from simulator.web.listing import PageRequest, page_of
from simulator.web.pages import flash_text, page
from simulator.web.tables import table_rows
from simulator.web.visit import actor, visit

blueprint = Blueprint("settings", __name__, template_folder="templates")

INV_NUMBER = re.compile(r"INV\d+", re.IGNORECASE)
LONGEST_NUMBER = 40
COMPANIES_PER_PAGE = 50
"""Own choice: of a specification; each with all its lines, so that its subtotal is below them."""


@blueprint.get("/")
@requires("settings.open")
def overview() -> Response:
    """Show the customer and its companies. Own choice: this tab comes first."""
    with visit().sandbox.reading() as db:
        today = queries.today_of(db)
        overview = queries.overview(db, customer(), today)
        to_pay = queries.invoices_to_pay(db, customer(), today)
    return page(
        "settings/overview.html",
        i18n.t("settings.name"),
        menu="settings.overview",
        overview=overview,
        country=i18n.t(countries.BY_CODE[overview.customer.country].text),
        companies=table_rows(COMPANIES, overview.companies, i18n.language()),
        to_pay=[(invoice, BY_CODE[invoice.product].name) for invoice in to_pay],
    )


@blueprint.get("/licenses")
@requires("settings.open")
def licences() -> Response:
    """List the customer's licences, one row per licence, with *Invoices* at the far right.

    Source: "Verbruik Visma.net AutoInvoice opvragen", Downloaden van de specificatie. Own choice: the columns.
    """
    with visit().sandbox.reading() as db:
        rows = queries.licence_rows(db, customer(), licensing.today_of(db, db.get_one(Customer, customer())))
    return page("settings/licences.html", i18n.t("settings.licences"), menu="settings.licences", licences=rows)


@blueprint.route("/licenses/register", methods=["GET", "POST"])
@requires("settings.open")
def register_licence() -> Response:
    """Register a licence by its key, for the customer that is open.

    Source: "WebFaktura og Visma.net", Administrasjon av firma og brukere: the licence of WebFaktura is registered in Visma.net.
    Own choice: the form; the own customer number is filled in.
    """
    with visit().sandbox.reading() as db:
        holder = db.get_one(Customer, customer())
    form = RegisterLicence(customer_number=holder.number)
    if form.validate_on_submit():
        try:
            with visit().sandbox.transaction() as db:
                holder = db.get_one(Customer, customer())
                licence = licensing.register(db, actor(), holder, form.customer_number.data, form.key.data)
                product = BY_CODE[licence.product].name
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            flash_text("settings.register_licence.done", product=product, customer=holder.name)
            return redirect(url_for(".licences"))
    return page(
        "settings/register_licence.html",
        i18n.t("settings.register_licence"),
        menu="settings.licences",
        status=422 if form.is_submitted() else 200,
        form=form,
        products=licensing.REGISTERED_BY_KEY,
        example=licensing.EXAMPLE,
    )


@blueprint.post("/licenses/key")
@requires("settings.open")
def send_licence_key() -> Response:
    """Mail the key of a product's licence to the administrator.

    Own choice: it stands for the order confirmation, since nothing is ordered in the simulator.
    """
    product = next((item for item in licensing.REGISTERED_BY_KEY if item.code == request.form.get("product")), None)
    if product is None:
        abort(404)
    with visit().sandbox.transaction() as db:
        licensing.mail_key(db, actor(), db.get_one(Customer, customer()), product)
    flash_text("settings.licence_key.sent", product=product.name, email=actor().email)
    return redirect(url_for(".register_licence"))


@blueprint.get("/licenses/find")
@requires("settings.open")
def find_invoice() -> Response:
    """Redirect to the invoice of a number, here or in Admin, or say where an INV number belongs.

    Source: "Brukertips i Kundeservice": invoices with INV numbers are in Admin, the others here. Own choice: the field.
    """
    number = request.args.get("number", "").strip()[:LONGEST_NUMBER]
    with visit().sandbox.reading() as db:
        invoice = billing.invoice_of_number(db, customer(), number) if number else None
    address = invoice_address(invoice) if invoice is not None else None
    if address is not None:
        return redirect(address)
    if INV_NUMBER.match(number):
        return _inv_number_page(number)
    flash_text("settings.not_found", "warning", number=number or "–")
    return redirect(url_for(".licences"))


@blueprint.get("/contacts")
@requires("settings.open")
def contacts() -> Response:
    """List the customer's contact persons."""
    with visit().sandbox.reading() as db:
        contacts = queries.contacts(db, customer())
    return page("settings/contacts.html", i18n.t("settings.contacts"), menu="settings.contacts", contacts=contacts)


@blueprint.get("/licenses/<product>/invoices")
@requires("settings.open")
def invoices(product: str) -> Response:
    """List the invoices of a product, newest first, with *Show* in the last column.

    Source: "Verbruik Visma.net AutoInvoice opvragen", Downloaden van de specificatie; numbers that begin with
    INV are in Admin ("Brukertips i Kundeservice").
    """
    licensed = _licensed(product)
    with visit().sandbox.reading() as db:
        systems = billing.systems_of_product(db, customer(), product)
        all_invoices = billing.invoices_of_product(db, customer(), product, billing.listed_since(db, queries.today_of(db)))
    if not systems:
        abort(404)
    return page(
        "settings/invoices.html",
        i18n.t("settings.invoices"),
        menu="settings.licences",
        product=licensed,
        invoices=[invoice for invoice in all_invoices if invoice.system == InvoiceSystem.LEGACY],
        elsewhere=InvoiceSystem.INV in systems or any(invoice.system == InvoiceSystem.INV for invoice in all_invoices),
        in_admin=_admin_invoices_address(),
    )


@blueprint.get("/licenses/<product>/invoices/<number>")
@requires("settings.open")
def specification(product: str, number: str) -> Response:
    """Show the specification of an invoice.

    Source: "Verbruik Visma.net AutoInvoice opvragen", Downloaden van de specificatie: consumption by type,
    and *Export as* at the left, about halfway down the window. Own choice: lines in groups by company, each with its subtotal,
    and the total; companies in pages. The file has the lines only.
    """
    licensed = _licensed(product)
    if INV_NUMBER.match(number):
        return _inv_number_page(number, licensed)
    with visit().sandbox.reading() as db:
        invoice = _invoice(db, product, number)
        groups = queries.by_company(billing.specification(db, invoice))
        holder, contract, corrected = invoice.customer, invoice.contract, invoice.corrects
        corrections = billing.corrections_of(db, invoice)
        split = [(other.number, invoice_address(other)) for other in billing.also_on(db, invoice)]
    columns = SPECIFICATION_OF_CONTRACT if contract is not None else SPECIFICATION
    requested = PageRequest(whole_number(request.args.get("page", ""), least=1) or 1, COMPANIES_PER_PAGE, "company", False)
    companies = page_of(groups, requested)
    language = i18n.language()
    return page(
        "settings/specification.html",
        i18n.t("settings.specification_of", number=invoice.number),
        menu="settings.licences",
        product=licensed,
        invoice=invoice,
        customer=holder,
        contract=contract,
        corrected=corrected,
        corrections=corrections,
        split=split,
        table=table_rows(columns, [], language),
        companies=companies,
        groups=[
            (group, list(zip(table_rows(columns, group.lines, language).rows, map(_explanations, group.lines), strict=True)))
            for group in companies.rows
        ],
        before_subtotal=[column.text for column in columns].index("settings.specification.subtotal"),
        address={"product": product, "number": invoice.number},
        formats=FORMATS.values(),
    )


@blueprint.get("/licenses/<product>/invoices/<number>/pdf")
@requires("settings.open")
def invoice_pdf(product: str, number: str) -> Response:
    """Download an invoice as a document, in the language of the page. Own choice."""
    _licensed(product)
    with visit().sandbox.reading() as db:
        invoice = _invoice(db, product, number)
        content = vendor_invoices.pdf(db, invoice, i18n.language())
        name = vendor_invoices.file_name(invoice, i18n.language())
    return download(content, name, "application/pdf")


@blueprint.post("/licenses/<product>/invoices/<number>/export/<format>")
@requires("settings.open")
def export_specification(product: str, number: str, format: str) -> Response:
    """Send the specification as a file."""
    if format not in FORMATS:
        abort(404)
    _licensed(product)
    with visit().sandbox.transaction() as db:
        invoice = _invoice(db, product, number)
        file = services.export_specification(db, actor(), invoice, FORMATS[format], i18n.language())
        content, name, media_type = file.content, file.name, file.media_type
    return send_file(BytesIO(content), media_type, as_attachment=True, download_name=name, etag=False)


def customer() -> int:
    """Return the id of the current customer; every user with permission to open Settings has one."""
    customer_id = actor().customer_id
    assert customer_id is not None
    return customer_id


def invoice_address(invoice: Any) -> str | None:
    """Return the address of an invoice, of which number, system and product are read; None if the visitor may not see it."""
    if invoice.system == InvoiceSystem.INV:
        return url_for("admin.invoice", inv=invoice.number) if has_permission("admin.view_invoices") else None
    return url_for("settings.specification", product=invoice.product, number=invoice.number)


def _explanations(line: InvoiceLine) -> list[str]:
    order = line.order
    return explanations(line, order.code if order else None, order.ordered_on if order else None)


def _licensed(product: str) -> LicensedProduct:
    return BY_CODE.get(product) or abort(404)


def _invoice(db: Db, product: str, number: str) -> Invoice:
    return billing.invoice_visible(db, customer(), product, number) or abort(404)


def _inv_number_page(number: str, product: LicensedProduct | None = None) -> Response:
    title = i18n.t("settings.not_here", number=number)
    return page(
        "settings/elsewhere.html",
        title,
        menu="settings.licences",
        status=404,
        product=product,
        invoices=_admin_invoices_address(),
    )


def _admin_invoices_address() -> str | None:
    """Return the address of the INV invoices if the visitor may see them."""
    return url_for("admin.invoices") if has_permission("admin.view_invoices") else None
