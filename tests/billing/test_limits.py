"""A licence for fewer users than there are is announced on the first of each month."""

from datetime import date

from sqlalchemy import select

from simulator.billing import limits
from simulator.billing.contract_days import ContractKind
from simulator.core import events
from simulator.core.notices import Notice, NoticeKind
from simulator.directory.models import Company, Status
from simulator.directory.roles import BY_CODE
from tests.billing.books import Books
from tests.billing.test_cancellations import at, company, move, person
from tests.billing.test_contracts import sign

__all__ = ["company"]


def test_administrators_are_told_while_more_people_use_a_product_than_it_is_licensed_for(
    books: Books, company: Company
) -> None:
    role = BY_CODE["expense_user"]
    people = [person(books, company, f"u{number}@fjord.example", (role, company)) for number in range(3)]
    sign(books, company, ContractKind.QUARTERLY, date(2018, 2, 1), ("expense", "EXPENSE_USER", 2))
    move(books, at(date(2018, 3, 1)))
    limits.announce_exceeded(books.db, date(2018, 3, 1))
    (notice,) = books.db.scalars(select(Notice).where(Notice.kind == NoticeKind.LICENCE_LIMIT)).all()
    assert {name: notice.data[name] for name in ("users", "licences")} == {"users": 3, "licences": 2}
    people[0].status = Status.INACTIVE
    books.db.flush()
    limits.announce_exceeded(books.db, date(2018, 4, 1))
    assert [line.data["users"] for line in events.after(books.db, type_="licence.exceeded")] == [3]
