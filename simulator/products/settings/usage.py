"""Routes of accumulated usage, the alternative to the list of a licence's invoices.

Source: "Brukertips i Kundeservice", Hvordan får jeg sett fakturaene mine?
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, request, send_file, url_for
from werkzeug.wrappers import Response

from simulator.billing import queries as billing
from simulator.billing import units, usage
from simulator.billing.months import month_after, month_of, months
from simulator.billing.products import BY_CODE, LicensedProduct
from simulator.billing.usage import ByMonth, Group, Search
from simulator.core import formats
from simulator.core.numbers import whole_number
from simulator.core.sandbox import Db
from simulator.products.settings import services
from simulator.products.settings.exports import FORMATS, USAGE
from simulator.products.settings.views import blueprint, customer
from simulator.web import i18n
from simulator.web.access import requires
from simulator.web.bars import Bar, bars
from simulator.web.pages import page
from simulator.web.tables import table_rows
from simulator.web.visit import actor, visit

YEARS = 3
"""How many years back the user can choose. Own choice: as long as any scenario retains documents."""


@blueprint.get("/licenses/<product>/usage")
@requires("settings.open")
def use(product: str) -> Response:
    """Show the usage of a product, by period, company and type."""
    licensed = _licensed(product)
    this_month = _this_month()
    with visit().sandbox.reading() as db:
        _check_licence(db, product)
        companies = usage.companies(db, customer(), product)
        search = _search(this_month, {company.id for company in companies}, product)
        result = usage.find(db, customer(), product, search)
    return page(
        "settings/usage.html",
        i18n.t("settings.usage_of", product=licensed.name),
        menu="settings.licences",
        product=licensed,
        search=search,
        companies=companies,
        types=[unit for unit in units.catalogue().values() if unit.product == product],
        groups=list(Group),
        months=list(months(this_month.replace(year=this_month.year - YEARS), this_month))[::-1],
        table=table_rows(USAGE, result.rows, i18n.language()),
        chart=_chart(result.by_month),
        result=result,
        formats=[
            (format, url_for(".export_usage", product=product, format=format.code, **_address(search)))
            for format in FORMATS.values()
        ],
    )


@blueprint.post("/licenses/<product>/usage/export/<format>")
@requires("settings.open")
def export_usage(product: str, format: str) -> Response:
    """Send the table of the page as a file."""
    if format not in FORMATS:
        abort(404)
    _licensed(product)
    with visit().sandbox.transaction() as db:
        _check_licence(db, product)
        company_ids = {company.id for company in usage.companies(db, customer(), product)}
        search = _search(_this_month(), company_ids, product)
        file = services.export_usage(db, actor(), customer(), product, search, FORMATS[format], i18n.language())
        content, name, media_type = file.content, file.name, file.media_type
    return send_file(BytesIO(content), media_type, as_attachment=True, download_name=name, etag=False)


@dataclass(frozen=True)
class Chart:
    """The chart of usage by month.

    Attributes:
        types: name, bars and description of each type.
        months: each month as it is written, with the number of each type.
    """

    types: Sequence[tuple[str, list[Bar], str]]
    months: Sequence[tuple[str, list[str]]]


def _chart(by_month: ByMonth) -> Chart:
    """Return the chart of usage by month and type. Own choice: a chart for each type, because types are not compared."""
    short, long = formats.month_names(i18n.language(), "abbreviated"), formats.month_names(i18n.language(), "wide")
    labels = [short[month.month] for month in by_month.months]
    years = [str(month.year) for month in by_month.months]
    names = [f"{long[month.month]} {month.year}" for month in by_month.months]
    types, columns = [], []
    for text, quantities in by_month.types:
        numbers = [i18n.show_number(quantity) for quantity in quantities]
        most = quantities.index(max(quantities))
        values = {"first": names[0], "last": names[-1], "most": numbers[most], "month": names[most]}
        words = i18n.t("settings.usage.chart.bars", type=i18n.t(text), **values)
        types.append((i18n.t(text), bars(quantities, numbers, labels, years), words))
        columns.append(numbers)
    return Chart(types, [(name, [numbers[at] for numbers in columns]) for at, name in enumerate(names)])


def _licensed(product: str) -> LicensedProduct:
    licensed = BY_CODE.get(product)
    return licensed if licensed is not None and licensed.has_usage else abort(404)


def _check_licence(db: Db, product: str) -> None:
    if not billing.systems_of_product(db, customer(), product):
        abort(404)


def _this_month() -> date:
    return month_of(visit().clock.now().astimezone(ZoneInfo("Europe/Amsterdam")).date())


def _search(this_month: date, company_ids: set[int], product: str) -> Search:
    """Read the filters in the address; an invalid one gives the default: this year, all companies and types, by type."""
    first = _month(request.args.get("from", ""), this_month.replace(month=1))
    last = _month(request.args.get("to", ""), this_month)
    company, unit, group = (request.args.get(name, "") for name in ("company", "type", "group"))
    company_id = whole_number(company)
    charged_unit = units.catalogue().get(unit)
    return Search(
        first=min(first, last),
        last=max(first, last),
        company_id=company_id if company_id in company_ids else None,
        unit=unit if charged_unit is not None and charged_unit.product == product else None,
        group=Group(group) if group in tuple(Group) else Group.TYPE,
    )


def _month(text: str, default: date) -> date:
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return default
    return month if date(2000, 1, 1) <= month < month_after(date(2099, 12, 1)) else default


def _address(search: Search) -> dict[str, Any]:
    return {
        "from": f"{search.first:%Y-%m}",
        "to": f"{search.last:%Y-%m}",
        "company": str(search.company_id or ""),
        "type": search.unit or "",
        "group": search.group,
    }
