"""What packages above register here: what is done or checked at certain moments, and who answers for the external provider."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.core.sandbox import Db
    from simulator.directory.models import Company

WHEN_ACTIVATED: "dict[str, Callable[[Db, Company], None]]" = {}
"""What belongs to a service and is made with its activation on a company, by the service's code: packages above register here."""

BEFORE_ACTIVATION: "dict[str, Callable[[Db, Company, str], None]]" = {}
"""What may refuse the activation of a service on a company, by the service's code: packages above register here."""

BEFORE_MOVING: "dict[str, Callable[[Db, Company], None]]" = {}
"""What may refuse that a company is moved to another customer, by a name of its own: packages above register here."""

WHEN_SESSIONS_END: "list[Callable[[Db, Sequence[str]], None]]" = []
"""What is done when sessions end before their time, with their ids, in the same transaction: packages above register here."""

EXTERNAL_PROVIDER: "dict[str, Callable[..., Any]]" = {}
"""What Connect asks the external provider, within this process: ``token(db, form)`` returns status and document of its token
endpoint, ``key_set(db)`` its public keys as a JWK set."""
