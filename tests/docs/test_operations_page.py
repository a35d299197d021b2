"""The page about operations lists everything that can fail, and each declared one is looked for in the module that declares it."""

from simulator.app import FAULTS, import_everything
from simulator.core import faults
from tools.operations import PAGE, page


def test_the_page_of_the_operations_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "renew it with: make golden"


def test_every_declared_operation_is_named_with_its_module() -> None:
    import_everything()
    named = [name for names in FAULTS.values() for name in names]
    assert sorted(faults.OPERATIONS) == sorted(named), "name it in FAULTS of simulator/app.py"
