"""Documents as e-mails and as letters: what the mail is, what is printed and what that costs."""

import email
import email.policy
from dataclasses import replace

import pytest

from simulator.core import mime, outbox
from simulator.core.sandbox import Sandbox
from simulator.documents.model.content import Attached
from tests.documents import norway as no
from tests.documents import travel
from tests.documents.travel import HOUSE, UNKNOWN, pdf_of, send

MAILED = replace(UNKNOWN, email="post@ukjent.example")
POSTED = replace(UNKNOWN, **HOUSE)
PDF = "application/pdf"


@pytest.fixture
def sandbox(norway: Sandbox) -> Sandbox:
    """Return a sandbox whose companies are verified and whose outside world takes no time."""
    travel.prepare(norway)
    travel.change(norway, print_enabled=True)
    return norway


def test_the_mail_is_from_autoinvoice_in_the_name_of_the_sender_and_answers_go_to_the_contact(sandbox: Sandbox) -> None:
    travel.change(sandbox, contact_email="contact@verksted.example", email_note="Thank you for the order.")
    send(sandbox, MAILED)
    (mail,) = travel.mails(sandbox, "document_embedded")
    read = email.message_from_bytes(mime.write(mail), policy=email.policy.default)
    assert str(read["From"]) == "Fjordlys Verksted AS <noreply@mail.autoinvoice.example>"
    assert str(read["Reply-To"]) == "contact@verksted.example"
    assert "Thank you for the order." in mail.text and "Thank you for the order." in (mail.html or "")
    (picture,) = list(read.iter_attachments())
    assert (picture.get_filename(), picture.get_content_type()) == ("1001.pdf", PDF)
    assert picture.get_content().startswith(b"%PDF-")


@pytest.mark.parametrize("written", ["Kari.Kunde@Privat.Example", " kari.kunde@privat.example\t"])
def test_the_mail_is_in_the_mailbox_however_the_document_writes_the_address(sandbox: Sandbox, written: str) -> None:
    send(sandbox, replace(UNKNOWN, email=written))
    with sandbox.reading() as db:
        (mail,) = outbox.newest_first(db, to="kari.kunde@privat.example")
    assert mail.recipient == "kari.kunde@privat.example"


def test_a_mail_without_a_contact_has_no_other_address_for_answers(sandbox: Sandbox) -> None:
    send(sandbox, MAILED)
    (mail,) = travel.mails(sandbox, "document_embedded")
    assert email.message_from_bytes(mime.write(mail))["Reply-To"] is None


def test_the_language_is_that_of_the_receivers_country(sandbox: Sandbox) -> None:
    for index, (country, word) in enumerate([("NO", "fra"), ("SE", "från"), ("NL", "van"), ("DE", "from")]):
        send(
            sandbox,
            replace(MAILED, country=country, scheme=None, identifier=None, organisation_number=None),
            number=str(index),
        )
        assert word in travel.mails(sandbox, "document_embedded")[-1].subject.split()


@pytest.mark.parametrize(
    ("language", "country", "amount"), [("nb", "NO", "1\xa0250,00\xa0NOK"), ("nl", "NL", "NOK\xa01.250,00")]
)
def test_the_amount_is_written_as_the_language_writes_it(sandbox: Sandbox, language: str, country: str, amount: str) -> None:
    travel.change(sandbox, email_how="WITH_LINK")
    send(sandbox, replace(MAILED, country=country, scheme=None, identifier=None, organisation_number=None))
    (mail,) = travel.mails(sandbox, "document_with_link")
    assert mail.language == language and amount in mail.text


def test_attachments_go_along_when_the_settings_say_so(sandbox: Sandbox) -> None:
    files = [Attached("plan.pdf", PDF, b"%PDF plan")]
    send(sandbox, MAILED, attachments=files)
    travel.change(sandbox, email_attachments=False)
    send(sandbox, MAILED, number="2", attachments=files)
    names = [[file.name for file in mail.attachments] for mail in travel.mails(sandbox, "document_embedded")]
    assert names == [["1001.pdf", "plan.pdf"], ["2.pdf"]]


def test_attachments_above_five_megabytes_become_a_link(sandbox: Sandbox) -> None:
    send(sandbox, MAILED, attachments=[Attached("plan.pdf", PDF, b"%PDF" + b"x" * (5 * 1024 * 1024))])
    (mail,) = travel.mails(sandbox, "document_embedded")
    assert [file.name for file in mail.attachments] == ["1001.pdf"]
    assert "/autoinvoice/view/" in mail.links[0] and mail.codes[0] in mail.text


def test_a_mail_with_objections_leads_to_the_page_to_answer_on(sandbox: Sandbox) -> None:
    travel.change(sandbox, email_how="WITH_OBJECTIONS")
    send(sandbox, MAILED)
    (mail,) = travel.mails(sandbox, "document_with_objections")
    assert [file.name for file in mail.attachments] == ["1001.pdf"] and "/autoinvoice/view/" in mail.links[0]


def test_the_senders_own_picture_is_mailed(sandbox: Sandbox) -> None:
    own = pdf_of(2)
    send(sandbox, MAILED, picture=Attached("own.pdf", PDF, own))
    assert travel.mails(sandbox, "document_embedded")[0].attachments[0].content == own


def test_a_letter_of_one_page_is_charged_without_pages(sandbox: Sandbox) -> None:
    assert send(sandbox, POSTED).unit == "PRINT_PRIORITY"
    assert travel.charges(sandbox) == {"PRINT_PRIORITY": 1}


def test_further_pages_are_charged_beside_the_letter(sandbox: Sandbox) -> None:
    send(sandbox, POSTED, attachments=[Attached("plan.pdf", PDF, pdf_of(3))])
    assert travel.charges(sandbox) == {"PRINT_PRIORITY": 1, "PRINT_PRIORITY_PAGE": 3}


def test_a_letter_abroad_is_charged_as_one(sandbox: Sandbox) -> None:
    buyer = replace(POSTED, country="SE", organisation_number=None, scheme=None, identifier=None)
    assert send(sandbox, buyer).unit == "PRINT_EU"


def test_an_own_picture_gets_a_cover_that_is_charged(sandbox: Sandbox) -> None:
    travel.change(sandbox, print_own_pdf=True)
    send(sandbox, POSTED, picture=Attached("own.pdf", PDF, pdf_of(2)))
    assert travel.charges(sandbox) == {"PRINT_PRIORITY": 1, "PRINT_PRIORITY_PAGE": 2}


def test_in_the_netherlands_an_own_picture_is_printed_always_and_its_cover_is_free(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        no.company(db, travel.SENDER).country = "NL"
    send(sandbox, POSTED, picture=Attached("own.pdf", PDF, pdf_of(3)))
    pages = [count for unit, count in travel.charges(sandbox).items() if unit.endswith("_PAGE")]
    assert pages == [2]


@pytest.mark.parametrize(
    "files",
    [
        [Attached(f"{index}.pdf", PDF, pdf_of(1)) for index in range(4)],
        [Attached("long.pdf", PDF, pdf_of(110))],
        [Attached("table.xls", "application/vnd.ms-excel", b"no PDF")],
    ],
    ids=["too many", "too long", "no PDF"],
)
def test_attachments_that_are_too_much_are_dropped_and_the_letter_goes(sandbox: Sandbox, files: list[Attached]) -> None:
    sent_document = send(sandbox, POSTED, attachments=files)
    assert sent_document.status == "delivered" and ("INFO", "attachments_dropped") in sent_document.history
    assert travel.charges(sandbox) == {"PRINT_PRIORITY": 1}
    assert [mail.recipient for mail in travel.mails(sandbox, "attachments_dropped")] == [travel.PERSON]


def test_attachments_are_not_printed_when_the_settings_say_so(sandbox: Sandbox) -> None:
    travel.change(sandbox, print_attachments=False)
    send(sandbox, POSTED, attachments=[Attached("plan.pdf", PDF, pdf_of(3))])
    assert travel.charges(sandbox) == {"PRINT_PRIORITY": 1}


def test_all_letters_of_a_night_are_printed_in_one_run(sandbox: Sandbox) -> None:
    travel.prepare(sandbox, delays="real")
    ids = [travel.accept(sandbox, POSTED, number=str(index)) for index in range(3)]
    no.pass_time(sandbox, 2)
    assert travel.queue(sandbox) == ["letters.run"]
    no.pass_time(sandbox, 86400)
    assert [travel.seen(sandbox, id_).status for id_ in ids] == ["sent"] * 3
    assert [line["letters"] for line in travel.journal_data(sandbox, "letters.printed")] == [3]
