"""What else is done when a service is activated on a company."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.core.sandbox import Db
    from simulator.directory.models import Company

WHEN_ACTIVATED: "dict[str, Callable[[Db, Company], None]]" = {}
"""What belongs to a service and is made with its activation on a company, by the service's code: packages above register here."""
