"""A small scenario to bend, and files to put it into."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import seed
from simulator.core.store import Store
from tests.conftest import BASE_ADDRESS

SMALL = """\
name: small
title: Small
description: One customer with one company.
language: nl
country: NL
time_zone: Europe/Amsterdam
customers:
  - key: owner
    number: 100
    name: Owner
    licences:
      - {product: autoinvoice, valid_from: -1 year}
companies:
  - {key: shop, customer: owner, name: Shop, organisation_number: 99999901, services: [autoinvoice]}
people:
  - key: administrator
    email: administrator@owner.example
    first_name: Ada
    last_name: Oever
    password: Rietkraag!11
    grants:
      - {role: Customer administrator, on: owner}
charges:
  - {company: shop, unit: EMAIL, day: -40 days, quantity: 3}
"""


@pytest.fixture
def scenarios(tmp_path: Path) -> Path:
    """Return a directory with the scenario ``small`` in it."""
    directory = tmp_path / "scenarios"
    directory.mkdir()
    (directory / "small.yaml").write_text(SMALL, encoding="utf-8")
    return directory


@pytest.fixture
def small_store(tmp_path: Path, scenarios: Path) -> Store:
    """Return a store whose only scenario is ``small``."""
    template_for = seed.template_for(tmp_path / "templates", scenarios=scenarios)
    return Store(tmp_path / "data", template_for, partial(seed.finish, scenarios=scenarios), BASE_ADDRESS)


@pytest.fixture
def faults_of(tmp_path: Path) -> Callable[[str], list[tuple[str, str]]]:
    """Return a function that writes a text to ``small.yaml`` and checks it."""

    def faults(text: str) -> list[tuple[str, str]]:
        path = tmp_path / "small.yaml"
        path.write_text(text, encoding="utf-8")
        return seed.check(path)

    return faults
