"""Every channel has its rules: what is charged, how it is named, and how documents are handed over to it."""

import pytest

from simulator.billing import units
from simulator.core.texts import LANGUAGES, text
from simulator.documents.exchange import routing
from simulator.documents.model import history
from simulator.documents.model.channels import CHANNELS, SENDABLE, Route, route_of, unit_of
from simulator.documents.model.models import Channel, Direction, Document
from simulator.documents.synthetic import consumption


def test_every_channel_has_rules() -> None:
    assert list(CHANNELS) == list(Channel)


def test_documents_are_handed_over_to_every_channel_by_which_they_are_sent() -> None:
    assert tuple(routing.HAND_OVER) == SENDABLE
    assert all((rules.route is None) == (rules.sent_unit is None) for rules in CHANNELS.values())
    assert {route_of(channel) for channel in SENDABLE} == set(Route)
    assert route_of(None) is None


@pytest.mark.parametrize("channel", Channel)
def test_every_channel_has_a_label_and_its_line_in_the_history(channel: Channel) -> None:
    keys = [f"autoinvoice.channel.{channel}", *([f"documents.history.sent_{channel}"] if channel in SENDABLE else [])]
    assert all(text(language, key, address="") != key for key in keys for language in LANGUAGES)
    assert (f"sent_{channel}" in history.CODES) == (channel in SENDABLE)


@pytest.mark.parametrize("channel", Channel)
def test_what_comes_in_by_a_channel_is_charged_as_a_unit_that_exists(channel: Channel) -> None:
    unit = unit_of(Document(direction=Direction.RECEIVED, channel=channel))
    assert units.unit_of(unit).code == unit and consumption.is_document(unit)


def test_nothing_is_sent_by_a_channel_that_only_receives() -> None:
    with pytest.raises(ValueError, match="scan"):
        unit_of(Document(direction=Direction.SENT, channel=Channel.SCAN))
