"""What is checked before a service is activated on a company or a company is moved, and what else is done then."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.core.sandbox import Db
    from simulator.directory.models import Company

WHEN_ACTIVATED: "dict[str, Callable[[Db, Company], None]]" = {}
"""What belongs to a service and is made with its activation on a company, by the service's code: packages above register here."""

BEFORE_ACTIVATION: "dict[str, Callable[[Db, Company, str], None]]" = {}
"""What may refuse the activation of a service on a company, by the service's code: packages above register here."""

BEFORE_MOVING: "dict[str, Callable[[Db, Company], None]]" = {}
"""What may refuse that a company is moved to another customer, by a name of its own: packages above register here."""
