"""The content of a document's picture, in a language: all that the document says, in groups.

A picture is drawn from the document itself, so that nothing is lost between reading and drawing: each element that has a text is
drawn where it belongs, and one that belongs nowhere stands in the last group, under its name.

Own choice: what is shown and in which order; names, addresses and notes stand there as the document has them. Not drawn: the bytes
of files inside, and the code of value added tax where all tax is that.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.core.formats import NARROW
from simulator.core.texts import text
from simulator.documents.model.content import Content
from simulator.documents.pictures.notation import Notation, clean, local_name
from simulator.documents.pictures.vocabulary import (
    ALLOWANCE,
    COLUMNS,
    DELIVERY,
    HEAD,
    ITEM,
    LINE,
    PARTY,
    PAYMENT,
    PROCESS,
    REFERENCES,
    SIDES,
    SUMS,
    TAX,
    TYPE_CODES,
    Terms,
)
from simulator.documents.ubl.words import CAC, CBC, USUAL_TYPE
from simulator.documents.ubl.writing import tree

if TYPE_CHECKING:
    from lxml.etree import _Element

Facts = tuple[tuple[str, str], ...]
"""Labels and their values."""


@dataclass(frozen=True)
class Side:
    """A side of the document, or somebody else it names: the role, the name, the address, and what else is said of it."""

    role: str
    name: str
    lines: tuple[str, ...]
    facts: Facts


@dataclass(frozen=True)
class Row:
    """A line of the document; ``cells`` stand under ``Sheet.columns``, the texts and facts below the first one."""

    cells: tuple[str, ...]
    texts: tuple[str, ...]
    facts: Facts


@dataclass(frozen=True)
class Sum:
    """An amount below the lines, with what it is made of."""

    label: str
    amount: str
    facts: Facts = ()


@dataclass(frozen=True)
class Group:
    """Facts under a heading."""

    heading: str
    facts: Facts


@dataclass(frozen=True)
class Sheet:
    """The content of a picture.

    ``mark`` says where it comes from, ``page`` how a page is numbered. ``lead`` is what a reader looks for first: the sum to pay
    and the day. ``adjustments`` are allowances and charges on the whole document.
    """

    language: str
    title: str
    mark: str
    page: str
    lead: Facts
    sides: tuple[Side, ...]
    facts: Facts
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    adjustments: tuple[Sum, ...]
    taxes: tuple[Sum, ...]
    sums: tuple[Sum, ...]
    payable: Sum
    notes: tuple[str, ...]
    groups: tuple[Group, ...]


def sheet(content: Content, language: str) -> Sheet:
    """Return the content of a document's picture."""
    root = content.root if content.root is not None else tree(content)
    return _Drawing(root, language).sheet(f"{type_name(content, language)} {clean(content.number)}".strip())


def type_name(content: Content, language: str) -> str:
    """Return what a document is called: the name of its type, or of its kind when the type has none here."""
    code = content.type_code
    if code not in TYPE_CODES:
        code = USUAL_TYPE[content.kind, content.self_billed]
    return text(language, f"documents.type_code.{code}")


def _cbc(name: str) -> str:
    return f"{{{CBC}}}{name}"


def _cac(path: str) -> str:
    return "/".join(f"{{{CAC}}}{name}" for name in path.split("/"))


class _Drawing:
    """Draws one document; ``drawn`` are the elements that have their place, so that what is left can be seen."""

    def __init__(self, root: "_Element", language: str) -> None:
        self.root = root
        self.notation = Notation(language, (root.findtext(_cbc("DocumentCurrencyCode")) or "").strip())
        self.drawn: set[_Element] = set()

    def sheet(self, title: str) -> Sheet:
        term, head = self.notation.term, self.head()
        payable = self.payable()
        return Sheet(
            language=self.notation.language,
            title=title,
            mark=term("mark"),
            page=term("page"),
            lead=self.lead(payable),
            sides=tuple(self.sides()),
            facts=head,
            columns=tuple(term(name) for name in COLUMNS),
            rows=tuple(self.rows()),
            adjustments=tuple(self.adjustment(group) for group in self.root.iterfind(_cac("AllowanceCharge"))),
            taxes=tuple(self.taxes()),
            sums=tuple(self.sums(payable)),
            payable=payable,
            notes=tuple(self.several_lines(note) for note in self.root.iterfind(_cbc("Note")) if note.text),
            groups=tuple(self.groups()),
        )

    def value(self, element: "_Element") -> str:
        """Return the value of an element, which has its place now."""
        self.drawn.add(element)
        return self.notation.value(element)

    def several_lines(self, element: "_Element") -> str:
        self.drawn.add(element)
        return self.notation.lines(element)

    def text(self, parent: "_Element | None", path: str, name: str) -> str:
        """Return the value of the first element of that name there; empty when there is none."""
        holder = parent if parent is None or not path else parent.find(_cac(path))
        element = None if holder is None else holder.find(_cbc(name))
        return "" if element is None else self.value(element)

    def facts(self, element: "_Element", terms: Terms) -> Iterator[tuple[str, str]]:
        """Yield what an element says that has a term, in the document's order."""
        for child in element:
            name = terms.get(local_name(child))
            if isinstance(name, Mapping):
                yield from self.facts(child, name)
            elif name is not None and child not in self.drawn and (value := self.value(child)):
                yield self.notation.term(name), value

    def rest(self, element: "_Element") -> Iterator[tuple[str, str]]:
        """Yield what an element says that has no place yet, under the names of elements."""
        for leaf in element.iter("{*}*"):
            if len(leaf) or leaf in self.drawn or not (leaf.text or "").strip():
                continue
            if local_name(leaf) == "EmbeddedDocumentBinaryObject":
                continue
            if self.is_value_added_tax(leaf):
                continue
            names = [local_name(leaf)]
            parent = leaf.getparent()
            while parent is not None and parent is not element:
                names.insert(0, local_name(parent))
                parent = parent.getparent()
            yield " › ".join(names), self.value(leaf)

    @staticmethod
    def is_value_added_tax(leaf: "_Element") -> bool:
        parent = leaf.getparent()
        return parent is not None and local_name(parent) == "TaxScheme" and (leaf.text or "").strip() == "VAT"

    def head(self) -> Facts:
        references: list[tuple[str, str]] = []
        for reference in self.root.iterfind(_cac("AdditionalDocumentReference")):
            code = reference.find(_cbc("DocumentTypeCode"))
            name = REFERENCES.get((code.text or "").strip()) if code is not None else None
            if name is not None and code is not None:
                self.drawn.add(code)
                references += [(self.notation.term(name), self.text(reference, "", "ID"))]
        return (*self.facts(self.root, HEAD), *references)

    def lead(self, payable: Sum) -> Facts:
        due = self.root.find(_cbc("DueDate"))
        if due is None:
            due = self.root.find(f"{_cac('PaymentMeans')}/{_cbc('PaymentDueDate')}")
        day = (self.notation.term("due_date"), self.notation.value(due)) if due is not None else None
        return ((payable.label, payable.amount), *([day] if day else []))

    def sides(self) -> Iterator[Side]:
        term = self.notation.term
        for path, role in SIDES.items():
            for party in self.root.iterfind(_cac(path)):
                yield self.side(term(str(role)), party)
        for delivery in self.root.iterfind(_cac("Delivery")):
            lines = self.address(delivery.find(_cac("DeliveryLocation/Address")))
            name = self.text(delivery, "DeliveryParty/PartyName", "Name")
            yield Side(term("delivery"), name, lines, (*self.facts(delivery, DELIVERY), *self.rest(delivery)))

    def side(self, role: str, party: "_Element") -> Side:
        name = self.text(party, "PartyLegalEntity", "RegistrationName") or self.text(party, "PartyName", "Name")
        for trading in party.iterfind(f"{_cac('PartyName')}/{_cbc('Name')}"):
            if self.notation.value(trading) == name:
                self.drawn.add(trading)
        lines = self.address(party.find(_cac("PostalAddress")))
        facts = [*self.facts(party, PARTY), *self.tax_schemes(party), *self.rest(party)]
        return Side(role, name, lines, tuple(facts))

    def tax_schemes(self, party: "_Element") -> Iterator[tuple[str, str]]:
        for registration in party.iterfind(_cac("PartyTaxScheme")):
            scheme = self.text(registration, "TaxScheme", "ID")
            number = self.text(registration, "", "CompanyID")
            if scheme == "VAT":
                yield self.notation.term("vat_number"), number
            elif number or scheme:
                # TAX is what tells it from the number of value added tax, and nothing else.
                other = f" ({scheme})" if scheme not in ("", "TAX") else ""
                yield self.notation.term("tax_registration"), f"{number}{other}".strip()

    def address(self, address: "_Element | None") -> tuple[str, ...]:
        if address is None:
            return ()
        town = " ".join(part for name in ("PostalZone", "CityName") if (part := self.text(address, "", name)))
        lines = [
            self.text(address, "", "StreetName"),
            self.text(address, "", "AdditionalStreetName"),
            *(self.value(line) for line in address.iterfind(f"{_cac('AddressLine')}/{_cbc('Line')}")),
            town,
            self.text(address, "", "CountrySubentity"),
            self.text(address, "Country", "IdentificationCode"),
        ]
        return tuple(line for line in lines if line)

    def rows(self) -> Iterator[Row]:
        lines = self.root.iterfind(_cac(f"{local_name(self.root)}Line"))
        for position, line in enumerate(lines, 1):
            yield self.row(line, str(position))

    def row(self, line: "_Element", position: str) -> Row:
        term = self.notation.term
        item, price = line.find(_cac("Item")), line.find(_cac("Price"))
        kind = "InvoicedQuantity" if local_name(self.root) == "Invoice" else "CreditedQuantity"
        quantity = line.find(_cbc(kind))
        cells = (
            self.text(item, "", "Name"),
            "" if quantity is None else self.value(quantity),
            "" if price is None else self.price(price, quantity),
            self.tax_of(item),
            self.text(line, "", "LineExtensionAmount"),
        )
        facts = []
        if (id_ := self.text(line, "", "ID")) not in ("", position):
            facts.append((term("line_id"), id_))
        texts = [] if item is None else [self.several_lines(text) for text in item.iterfind(_cbc("Description"))]
        facts += [(term("note"), self.several_lines(note)) for note in line.iterfind(_cbc("Note")) if note.text]
        for reference in line.iterfind(f"{_cac('DocumentReference')}/{_cbc('DocumentTypeCode')}"):
            # The only type that there is: the label says it.
            if (reference.text or "").strip() in REFERENCES:
                self.drawn.add(reference)
        facts += self.facts(line, LINE)
        if item is not None:
            facts += self.facts(item, ITEM)
            facts += self.properties(item)
        if price is not None:
            facts += self.price_allowances(price)
        facts += [self.line_adjustment(group) for group in line.iterfind(_cac("AllowanceCharge"))]
        facts += self.rest(line)
        return Row(cells, tuple(text for text in texts if text), tuple(facts))

    def price(self, price: "_Element", quantity: "_Element | None") -> str:
        amount, per = price.find(_cbc("PriceAmount")), price.find(_cbc("BaseQuantity"))
        written = "" if amount is None else self.value(amount)
        if per is None:
            return written
        pieces = self.value(per)
        unit = per.get("unitCode")
        same = unit is None or quantity is None or unit == quantity.get("unitCode")
        return (
            written
            if same and self.notation.number((per.text or "").strip()) == "1"
            else f"{written} / {pieces.replace(' ', NARROW)}"
        )

    def tax_of(self, item: "_Element | None") -> str:
        """Return rate and category of a line; the usual category goes without saying."""
        category = None if item is None else item.find(_cac("ClassifiedTaxCategory"))
        code, percent = self.text(category, "", "ID"), self.text(category, "", "Percent")
        return f"{percent} {code if code != 'S' else ''}".strip()

    def properties(self, item: "_Element") -> Iterator[tuple[str, str]]:
        for entry in item.iterfind(_cac("AdditionalItemProperty")):
            yield self.text(entry, "", "Name"), self.text(entry, "", "Value")

    def price_allowances(self, price: "_Element") -> Iterator[tuple[str, str]]:
        for group in price.iterfind(_cac("AllowanceCharge")):
            if (gross := self.text(group, "", "BaseAmount")) != "":
                yield self.notation.term("gross_price"), gross
            label = self.notation.term("price_charge" if self.is_charge(group) else "price_discount")
            if (amount := self.text(group, "", "Amount")) != "":
                yield label, amount

    def is_charge(self, group: "_Element") -> bool:
        indicator = group.find(_cbc("ChargeIndicator"))
        if indicator is None:
            return False
        self.drawn.add(indicator)
        return (indicator.text or "").strip() in ("true", "1")

    def adjustment(self, group: "_Element") -> Sum:
        """Draw an allowance, as an amount less than nothing, or a charge."""
        charge = self.is_charge(group)
        reasons = [self.value(reason) for reason in group.iterfind(_cbc("AllowanceChargeReason"))]
        kind = self.notation.term("charge" if charge else "allowance")
        amount = group.find(_cbc("Amount"))
        if amount is not None:
            self.drawn.add(amount)
        return Sum(
            ": ".join([kind, *([", ".join(reasons)] if any(reasons) else [])]),
            "" if amount is None else self.notation.amount(amount, negative=not charge),
            (*self.facts(group, ALLOWANCE), *self.rest(group)),
        )

    def line_adjustment(self, group: "_Element") -> tuple[str, str]:
        adjustment = self.adjustment(group)
        kind, _, reason = adjustment.label.partition(": ")
        more = "; ".join(f"{label} {value}" for label, value in adjustment.facts)
        return kind, ", ".join(part for part in (reason, adjustment.amount) if part) + (f" ({more})" if more else "")

    def taxes(self) -> Iterator[Sum]:
        """Draw the taxes by category and rate."""
        for total in self.root.iterfind(_cac("TaxTotal")):
            for part in total.iterfind(_cac("TaxSubtotal")):
                yield self.tax(part)

    def tax(self, part: "_Element") -> Sum:
        term = self.notation.term
        category = part.find(_cac("TaxCategory"))
        percent = self.text(category, "", "Percent")
        taxable = self.text(part, "", "TaxableAmount")
        rate = f"{term('tax')} {percent}".strip()
        amount = self.text(part, "", "TaxAmount")
        facts = self.facts(part, TAX)
        reasons = () if category is None else category.iterfind(_cbc("TaxExemptionReason"))
        texts = [("", self.value(reason)) for reason in reasons]
        return Sum(f"{rate}, {term('of')} {taxable}" if taxable else rate, amount, (*facts, *texts, *self.rest(part)))

    def sums(self, payable: Sum) -> Iterator[Sum]:
        """Draw the sums above what is to be paid; sums that repeat another only when there are adjustments."""
        totals = self.root.find(_cac("LegalMonetaryTotal"))
        amounts = {} if totals is None else {local_name(element): element for element in totals}
        values = {name: self.value(element) for name, element in amounts.items() if name in SUMS}
        adjusted = "AllowanceTotalAmount" in values or "ChargeTotalAmount" in values
        for name, label in SUMS.items():
            if name not in values:
                continue
            repeated = (
                name == "LineExtensionAmount" and values[name] == values.get("TaxExclusiveAmount") and not adjusted
            ) or (
                name == "TaxInclusiveAmount" and payable.amount in (self.notation.amount(amounts[name], currency=True), "")
            )
            if not repeated:
                negative = name in ("AllowanceTotalAmount", "PrepaidAmount")
                amount = self.notation.amount(amounts[name], negative=True) if negative else values[name]
                yield Sum(self.notation.term(str(label)), amount)
            if name == "TaxExclusiveAmount":
                yield from self.tax_sums()
        if totals is not None:
            yield from (Sum(name, value) for name, value in self.rest(totals))

    def tax_sums(self) -> Iterator[Sum]:
        for amount in self.root.iterfind(f"{_cac('TaxTotal')}/{_cbc('TaxAmount')}"):
            currency = amount.get("currencyID") or self.notation.currency
            if currency == self.notation.currency:
                yield Sum(self.notation.term("tax_sum"), self.value(amount))
            else:
                self.drawn.add(amount)
                label = self.notation.words("documents.picture.tax_in", currency=clean(currency))
                yield Sum(label, self.notation.amount(amount, currency=True))

    def payable(self) -> Sum:
        amount = self.root.find(f"{_cac('LegalMonetaryTotal')}/{_cbc('PayableAmount')}")
        if amount is None:
            return Sum(self.notation.term("total"), "")
        self.drawn.add(amount)
        return Sum(self.notation.term("total"), self.notation.amount(amount, currency=True))

    def groups(self) -> Iterator[Group]:
        term = self.notation.term
        terms = [self.several_lines(note) for note in self.root.iterfind(f"{_cac('PaymentTerms')}/{_cbc('Note')}")]
        payments = [tuple(self.payment(means)) for means in self.root.iterfind(_cac("PaymentMeans"))] or [()]
        for position, facts in enumerate(payments):
            more = tuple((term("terms"), text) for text in terms if text) if position == 0 else ()
            if facts or more:
                yield Group(term("payment"), (*facts, *more))
        documents = tuple(self.documents())
        if documents:
            yield Group(term("attachments"), documents)
        process = tuple(self.facts(self.root, PROCESS))
        others = (*self.rest(self.root), *process)
        if others:
            yield Group(term("other"), others)

    def payment(self, means: "_Element") -> Iterator[tuple[str, str]]:
        yield from self.facts(means, PAYMENT)
        yield from self.rest(means)

    def documents(self) -> Iterator[tuple[str, str]]:
        """Draw the documents that support this one: each under its number, with what it is, its file or its address."""
        for reference in self.root.iterfind(_cac("AdditionalDocumentReference")):
            id_ = reference.find(_cbc("ID"))
            if id_ is None or id_ in self.drawn:
                continue
            label = self.value(id_)
            descriptions = [self.value(text) for text in reference.iterfind(_cbc("DocumentDescription"))]
            embedded = reference.find(f"{_cac('Attachment')}/{_cbc('EmbeddedDocumentBinaryObject')}")
            file = clean(embedded.get("filename") or "") if embedded is not None else ""
            address = self.text(reference, "Attachment/ExternalReference", "URI")
            parts = [*descriptions, file, address]
            others = [f"{name}: {value}" for name, value in self.rest(reference)]
            yield label, "\n".join(dict.fromkeys(part for part in (*parts, *others) if part)) or label


def as_texts(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield facts as texts of one piece: ``Line: 2``."""
    for label, value in facts:
        yield f"{label}: {value}" if label else value
