"""Labels in another language are found through the text keys."""

from datetime import date

import pytest

from e2e.engine.actions import Fill
from e2e.engine.texts import LabelError, Labels
from e2e.engine.words import Label, Words, fill_variables, written_day
from tests.e2e_engine.fake_platform import TEXTS

BY_LANGUAGE = {language: {key: texts[language] for key, texts in TEXTS.items()} for language in ("nl", "nb", "sv", "en")}


def _labels(language: str) -> Labels:
    return Labels("nl", language, BY_LANGUAGE)


def _label(text: object, key: str | None = None) -> Label:
    return Label.model_validate({"text": text, "key": key} if key else text)


def test_in_its_own_language_a_label_is_literal() -> None:
    assert _labels("nl").of(_label("Tonen")) == "Tonen"


def test_in_another_language_a_label_is_found_through_its_key() -> None:
    assert _labels("nb").of(_label("Facturen")) == "Fakturaer"


def test_a_label_without_a_key_is_data_and_stays() -> None:
    assert _labels("nb").of(_label("Visma.net AutoInvoice")) == "Visma.net AutoInvoice"


def test_a_label_with_several_keys_that_agree_needs_no_key() -> None:
    assert _labels("sv").of(_label("Tonen")) == "Visa"


def test_a_label_with_several_keys_that_differ_must_name_one() -> None:
    with pytest.raises(LabelError, match=r"show\.view says 'View'.*Name the one that is meant with key:") as refused:
        _labels("en").of(_label("Tonen"))
    assert "show.verb says 'Show'" in str(refused.value)
    assert _labels("en").of(_label("Tonen", "show.view")) == "View"


def test_a_key_that_does_not_fit_its_label_is_refused() -> None:
    with pytest.raises(LabelError, match="the text of its key invoices is 'Facturen'"):
        _labels("en").of(_label("Tonen", "invoices"))
    with pytest.raises(LabelError, match="no text with the key nowhere"):
        _labels("en").of(_label("Tonen", "nowhere"))


def test_a_named_key_with_placeholders_keeps_what_stands_in_their_place() -> None:
    assert _labels("nb").of(_label("15 gevonden", "found")) == "15 funnet"
    assert _labels("nb").of(_label("15 gevonden")) == "15 gevonden"


def test_a_label_may_be_written_for_each_language() -> None:
    assert _labels("en").of(_label({"nl": "Tonen", "en": "Show me"})) == "Show me"


def test_what_is_told_has_its_labels_translated_when_nobody_wrote_it() -> None:
    instruction = Words.model_validate("Open **Facturen** en kies **Tonen** of **Visma.net**.")
    assert _labels("nb").words(instruction, {"Tonen": "show.verb"}) == "Open **Fakturaer** en kies **Vis** of **Visma.net**."
    both = Words.model_validate({"nl": "Open **Facturen**.", "nb": "Åpne **Fakturaer**."})
    assert _labels("nb").words(both) == "Åpne **Fakturaer**."
    assert (both.spoken("nb", "nl"), both.spoken("sv", "nl")) == ("nb", "nl")


def test_variables_are_filled_in_and_a_brace_is_written_twice() -> None:
    assert fill_variables("{person.email} {{x}}", {"person.email": "a@b.test"}.__getitem__) == "a@b.test {x}"


def test_a_day_without_quotes_is_typed_as_the_language_of_the_walk_writes_it() -> None:
    day, quoted = (
        Fill.model_validate({"textbox": "Vanaf", "with": value}).value for value in (date(2022, 2, 1), "2022-02-01")
    )
    assert (day, quoted) == (date(2022, 2, 1), "2022-02-01")
    written = [written_day(date(2022, 2, 1), language) for language in ("nl", "nb", "sv", "en")]
    assert written == ["1-2-22", "01.02.2022", "2022-02-01", "01/02/2022"]
