"""The Peppol Directory: who can be found by name, number, country or type of document.

Source: Peppol Directory, REST API: all parameters have to fit; XML and JSON; at most 1000 results; a participant or type of
document that cannot be one is refused. Own choice: ``q`` looks for each of its words in names, numbers, addresses and countries;
without any parameter nothing is looked for. Being listed does not prove that somebody can be reached, nor the other way round.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from sqlalchemy import ColumnElement, String, func, or_, select, type_coerce

from simulator.core import faults, normal_forms
from simulator.core.errors import BadInput
from simulator.core.normal_forms import folded
from simulator.core.numbers import whole_number
from simulator.core.sandbox import Db
from simulator.documents.registers import schemes
from simulator.documents.registers.document_types import BY_CODE
from simulator.documents.registers.publication import DirectoryEntry

MOST = 1000
PAGE = 20
LONGEST = 500
TERMS = ("q", "participant", "name", "country", "doctype", "identifierScheme", "identifierValue")

faults.declare(
    "directory.search",
    "Somebody searches the Peppol Directory.",
    too_many="It answers 429, as the real one does to whoever asks more than twice a second. Here nobody counts.",
)


@dataclass(frozen=True)
class Search:
    """What was asked for: ``terms`` by parameter, and which page of how many results."""

    terms: dict[str, str]
    page: int
    size: int


@dataclass(frozen=True)
class Result:
    """A page of results; ``asked_at`` is the sandbox's time."""

    search: Search
    total: int
    entries: Sequence[DirectoryEntry]
    asked_at: str


def read_search(address: Mapping[str, str]) -> Search:
    """Read the parameters of a search.

    Raises:
        BadInput: nothing is looked for, or something cannot be what it should be.
    """
    terms = {name: address[name].strip()[:LONGEST] for name in TERMS if address.get(name, "").strip()}
    problems = []
    if not terms:
        problems.append(("q", f"give at least one of {', '.join(TERMS)}"))
    if "participant" in terms and _participant(terms["participant"]) is None:
        problems.append(("participant", f"expected {schemes.NETWORK}::0192:310000019, found {terms['participant']!r}"))
    if "doctype" in terms and "::" not in terms["doctype"]:
        problems.append(("doctype", f"expected a scheme, two colons and a value, found {terms['doctype']!r}"))
    page = _number(address, ("resultPageIndex", "rpi"), 0, problems)
    size = _number(address, ("resultPageCount", "rpc"), PAGE, problems)
    if not problems and not 1 <= size <= MOST:
        problems.append(("resultPageCount", f"expected 1 to {MOST}, found {size}"))
    if not problems and page * size >= MOST:
        problems.append(("resultPageIndex", f"expected a page of the first {MOST} results, found {page}"))
    if problems:
        raise BadInput(problems)
    return Search(terms, page, size)


def search(db: Db, criteria: Search) -> Result:
    """Look entries up, by name and address."""
    where = [clause for name, text in criteria.terms.items() for clause in _clauses(name, text)]
    total = db.scalar(select(func.count()).select_from(DirectoryEntry).where(*where)) or 0
    query = select(DirectoryEntry).where(*where)
    query = query.order_by(DirectoryEntry.folded_name, DirectoryEntry.scheme, DirectoryEntry.identifier)
    left = MOST - criteria.page * criteria.size
    entries = db.scalars(query.offset(criteria.page * criteria.size).limit(min(criteria.size, left))).all()
    return Result(criteria, min(total, MOST), entries, db.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"))


def is_held_back(db: Db) -> bool:
    """Return whether a test wants searches to be refused; cheap, so that a search that is answered writes nothing."""
    return db.scalar(select(faults.Fault.id).where(faults.Fault.operation == "directory.search").limit(1)) is not None


def as_json(result: Result) -> str:
    """Write a page of results as JSON."""
    matches = [
        {
            "participantID": {"scheme": schemes.NETWORK, "value": f"{entry.scheme}:{entry.identifier}"},
            "docTypes": [dict(zip(("scheme", "value"), _type(code), strict=True)) for code in entry.document_types],
            "entities": [
                {
                    "name": [{"name": entry.name}],
                    "countryCode": entry.country,
                    "identifiers": [{"scheme": scheme, "value": value} for scheme, value in _identifiers(entry)],
                    "regDate": entry.registered_on.isoformat(),
                }
            ],
        }
        for entry in result.entries
    ]
    return json.dumps({**_head(result), "matches": matches}, ensure_ascii=False) + "\n"


def as_xml(result: Result) -> str:
    """Write a page of results as XML, in the form of the Directory's result list, version 1."""
    head = " ".join(f"{name}={quoteattr(str(value))}" for name, value in _head(result).items())
    matches = "".join(
        f'<match><participantID scheme="{schemes.NETWORK}">{escape(f"{entry.scheme}:{entry.identifier}")}</participantID>'
        + "".join(
            f"<docTypeID scheme={quoteattr(scheme)}>{escape(value)}</docTypeID>"
            for scheme, value in map(_type, entry.document_types)
        )
        + f"<entity><name>{escape(entry.name)}</name><countryCode>{escape(entry.country)}</countryCode>"
        + "".join(
            f"<identifier scheme={quoteattr(scheme)}>{escape(value)}</identifier>" for scheme, value in _identifiers(entry)
        )
        + f"<regDate>{entry.registered_on.isoformat()}</regDate></entity></match>"
        for entry in result.entries
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<resultlist {head}>{matches}</resultlist>\n'


def _head(result: Result) -> dict[str, str | int]:
    first = result.search.page * result.search.size
    return {
        "version": "1.0",
        "total-result-count": result.total,
        "used-result-count": len(result.entries),
        "result-page-index": result.search.page,
        "result-page-count": result.search.size,
        "first-result-index": first,
        "last-result-index": max(first, first + len(result.entries) - 1),
        "query-terms": " ".join(f"{name}={text}" for name, text in result.search.terms.items()),
        "creation-dt": result.asked_at,
    }


def _clauses(name: str, text: str) -> list[ColumnElement[bool]]:
    entry = DirectoryEntry
    if name == "participant":
        parts = _participant(text)
        assert parts is not None
        return [entry.scheme == parts[0], entry.identifier == parts[1]]
    if name == "name":
        return [entry.folded_name.contains(folded(text), autoescape=True)]
    if name == "country":
        return [entry.country == text.upper()]
    if name == "doctype":
        codes = [code for code, type_ in BY_CODE.items() if type_.identifier == text]
        stored_types = type_coerce(entry.document_types, String)
        return [stored_types.contains(f'"{codes[0]}"') if codes else entry.id.is_(None)]
    if name == "identifierScheme":
        return [entry.organisation_number.is_not(None), func.lower(entry.country + ":orgnr") == text.lower()]
    if name == "identifierValue":
        return [entry.organisation_number == text]
    return [_anywhere(word) for word in text.split()]


def _anywhere(word: str) -> ColumnElement[bool]:
    entry = DirectoryEntry
    return or_(
        entry.folded_name.contains(folded(word), autoescape=True),
        (entry.scheme + ":" + entry.identifier).icontains(word.rpartition("::")[2], autoescape=True),
        entry.organisation_number == word,
        entry.country == word.upper(),
    )


def _identifiers(entry: DirectoryEntry) -> list[tuple[str, str]]:
    """Return the other numbers of an organisation. Own choice: the organisation number, under ``NO:ORGNR`` and the like."""
    return [(f"{entry.country}:ORGNR", entry.organisation_number)] if entry.organisation_number else []


def _type(code: str) -> tuple[str, str]:
    scheme, _, value = BY_CODE[code].identifier.partition("::")
    return scheme, value


def _participant(text: str) -> tuple[str, str] | None:
    if not normal_forms.participant(text).startswith(f"{schemes.NETWORK.upper()}::"):
        return None
    scheme, identifier = schemes.parts(text)
    return (scheme, identifier) if schemes.is_scheme(scheme) and identifier else None


def _number(address: Mapping[str, str], names: Sequence[str], default: int, problems: list[tuple[str, str]]) -> int:
    value = next((address[name] for name in names if name in address), None)
    if value is None:
        return default
    number = whole_number(value, most=999_999)
    if number is None:
        problems.append((names[0], f"expected a whole number, found {value[:40]!r}"))
        return default
    return number
