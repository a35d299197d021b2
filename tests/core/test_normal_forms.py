"""Rules of the normal forms of identifiers."""

import pytest

from simulator.core import normal_forms

UUID = "4f1c0f5e-2a6b-4d53-9d0e-6f6f7e2b1c11"


@pytest.mark.parametrize(
    "typed",
    [
        "kari.kunde@privat.example", "Kari.Kunde@Privat.Example", " kari.kunde@privat.example\t",
        "\ufeffkari.kunde@privat.example", "kari.kunde\u200b@privat.example\u00a0", "ｋari.kunde＠privat.example",
    ],
)  # fmt: skip
def test_an_address_has_one_form(typed: str) -> None:
    assert normal_forms.email(typed) == normal_forms.recipient(typed) == "kari.kunde@privat.example"
    assert normal_forms.is_email(typed)


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "a@b", "a@b@c.example", "a;b@privat.example", "a@privat.example;b@privat.example", "Kari <a@privat.example>",
        "mailto:a@privat.example", "a.@privat.example", ".a@privat.example", "a..b@privat.example", "a@privat.example.",
        "a@.example", "a b@privat.example", "\u202ea@privat.example", "a\nb@privat.example,", f"{'a' * 65}@privat.example",
    ],
)  # fmt: skip
def test_what_no_mailbox_has_is_no_address(text: str) -> None:
    assert not normal_forms.is_email(text)


@pytest.mark.parametrize(
    "typed", [UUID, UUID.upper(), f"{{{UUID}}}", f"urn:uuid:{UUID}", UUID.replace("-", ""), f" {UUID}\n"]
)
def test_a_uuid_has_one_form(typed: str) -> None:
    assert normal_forms.uuid(typed) == UUID
    assert normal_forms.is_uuid(typed)


@pytest.mark.parametrize("text", ["", "x", UUID[:-1], f"{{{UUID}", UUID.replace("-", "", 1), UUID.replace("4", "g")])
def test_other_texts_are_no_uuid(text: str) -> None:
    assert not normal_forms.is_uuid(text)


@pytest.mark.parametrize(
    "typed",
    [
        "+4790000001",
        "+47 900 00 001",
        "0047 90 00 00 01",
        "+47-900-00-001",
        "(0047) 900.00.001",
        "+47\u00a0900\u201300\u2013001",
    ],
)
def test_a_telephone_number_has_one_form(typed: str) -> None:
    assert normal_forms.phone_number(typed) == normal_forms.recipient(typed) == "+4790000001"


@pytest.mark.parametrize(
    "typed", ["310000019", "310 000 019", "310.000.019", "310\u2011000\u2011019", "310\u00a0000\u200b019\ufeff"]
)
def test_a_number_has_one_form(typed: str) -> None:
    assert normal_forms.number(typed) == "310000019"


@pytest.mark.parametrize("typed", ["no 310 000 019 mva", "NO310000019MVA", "NO-310.000.019-MVA"])
def test_a_vat_number_has_one_form(typed: str) -> None:
    assert normal_forms.number(typed) == "NO310000019MVA"


@pytest.mark.parametrize("typed", ["123456", "123 456", "123-456", "\u200b123456\t", "\u200e１２３４５６", "123\u2013456"])
def test_a_code_has_one_form(typed: str) -> None:
    assert normal_forms.code(typed) == "123456"
