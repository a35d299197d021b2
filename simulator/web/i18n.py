"""Texts and formats in the language of the visit, for views and templates."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from flask import Flask, g, has_request_context, request
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from simulator.core.collation import sort_key
from simulator.core.errors import RuleViolation
from simulator.core.texts import REQUESTABLE, best_language, sentence, text
from simulator.directory.roles import Role
from simulator.web import formats
from simulator.web.problems import Problem
from simulator.web.tables import wrappable

TIME_ZONE = "Europe/Amsterdam"
"""Own choice, for pages without a company: the zone that all countries served share but Finland."""


EXAMPLE = date(2022, 3, 27)
"""The day with which a message shows how days are written."""

LONGEST_PREFERENCE = 250
"""Own choice: characters of ``Accept-Language`` that are read. Browsers send less; comparing thousands of tags takes seconds."""


class HasName(Protocol):
    """Anything with a name."""

    @property
    def name(self) -> str:
        """The name that pages display."""


Named = TypeVar("Named", bound=HasName)


def language() -> str:
    """Return the language of the page."""
    visit = g.get("visit") if has_request_context() else None
    if visit is not None:
        return str(visit.language)
    return best_language(request.cookies.get("vnsim_language") or browser_language())


def browser_language() -> str | None:
    """Return the tag of ``Accept-Language`` that is served and preferred most; of a long header only the beginning counts."""
    if "browser_language" not in g:
        header = request.headers.get("Accept-Language", "")[:LONGEST_PREFERENCE]
        g.browser_language = parse_accept_header(header, LanguageAccept).best_match(REQUESTABLE)
    best: str | None = g.browser_language
    return best


def t(key: str, **values: Any) -> str:
    """Return a text in the language of the page."""
    return text(language(), key, **values)


def rich(key: str, **values: Any) -> Markup:
    """Return a text in which ``**words**`` are strong; values are escaped."""
    safe = {name: escape(value) for name, value in values.items()}
    raw = sentence(language(), key, values)
    parts = str(escape(raw) % safe if safe else escape(raw.replace("%%", "%"))).split("**")
    return Markup("".join(f"<strong>{part}</strong>" if index % 2 else part for index, part in enumerate(parts)))


def sort_by_name(things: Iterable[Named]) -> list[Named]:
    """Return things with a name in the order of the language of the page."""
    return sorted(things, key=lambda thing: sort_key(thing.name))


def read_day(text: str) -> date | None:
    """Return the day that was typed in the language of the page; None for an empty field, or any other text."""
    try:
        return formats.read_short_date(language(), text)
    except ValueError:
        return None


def read_number(text: str) -> Decimal | None:
    """Return the number that was typed in the language of the page; None for any other text."""
    try:
        return formats.read_number(language(), text)
    except ValueError:
        return None


def day_problem(name: str) -> str:
    """Return what is wrong with the day that the address has under a name; empty when it is a day, or there is none."""
    typed = request.args.get(name, "").strip()
    if not typed or read_day(typed) is not None:
        return ""
    return t("filter.day", typed=typed[:40], example=show_date(EXAMPLE))


def day_problems(*names: str) -> list[Problem]:
    """Return what is wrong with the days of the address, for the summary above the list."""
    return [Problem(problem, name) for name in names if (problem := day_problem(name))]


def typed_day(name: str) -> str:
    """Return the day that the address has under a name as the language of the page writes it, or else what was typed."""
    typed = request.args.get(name, "").strip()
    day = read_day(typed)
    return show_date(day) if day else typed[:40]


def refusal_text(refusal: RuleViolation) -> str:
    """Return the sentence of a refusal in the language of the page, with days and names of roles as that language has them."""
    return t(f"error.{refusal.code}", **{name: _in_words(fact) for name, fact in refusal.facts.items()})


def _in_words(fact: Any) -> Any:
    if isinstance(fact, Role):
        return t(fact.text)
    return show_date(fact) if type(fact) is date else fact


def show_date(day: date) -> str:
    """Write a day in the language of the page."""
    return formats.short_date(language(), day)


def show_period(first: date, last: date) -> str:
    """Write a period in the language of the page."""
    return formats.period(language(), first, last)


def show_time(instant: datetime) -> str:
    """Write day and time in the language of the page and the time zone of the company that is open."""
    visit = g.get("visit")
    company = visit.actor.company if visit is not None and visit.actor is not None else None
    return formats.clock_time(language(), instant, company.time_zone if company else TIME_ZONE)


def show_number(value: int | Decimal, decimals: int = 0) -> str:
    """Write a number in the language of the page."""
    return formats.number(language(), value, decimals)


def show_money(value: Decimal, currency: str | None = None, decimals: int = 2) -> str:
    """Write an amount in the language of the page."""
    return formats.money(language(), value, currency, decimals)


def install(app: Flask) -> None:
    """Offer texts and formats to every template."""
    app.jinja_env.filters.update(sort_by_name=sort_by_name, wrappable=wrappable)
    app.jinja_env.globals.update(
        day_problem=day_problem, typed_day=typed_day, t=t, rich=rich, show_date=show_date, show_period=show_period,
        show_time=show_time, show_number=show_number, show_money=show_money,
    )  # fmt: skip
