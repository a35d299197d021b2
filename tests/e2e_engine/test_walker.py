"""Walks on the fake platform: they pass, and they stop where something is not as the manual says."""

import pytest

from e2e.engine.walker import Walker, WalkFailed, sandbox_name
from e2e.engine.words import LANGUAGES
from tests.e2e_engine.fake_platform import FakePlatform
from tests.e2e_engine.manuals import INVITATION, SPECIFICATION, manual


@pytest.mark.parametrize("variant", ["home", "menu"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_manual_is_walked_in_every_language_and_variant(
    walker: Walker, platform: FakePlatform, language: str, variant: str
) -> None:
    walker.walk(manual(), variant, language)
    assert platform.deleted == [f"specification-{variant}-{language}"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_manual_signs_in_reads_mail_and_follows_its_link(walker: Walker, language: str) -> None:
    walker.walk(manual(INVITATION), None, language)
