"""Facts about the ELMA register that can be asked."""

from typing import Any

from simulator.core.errors import BadInput
from simulator.core.facts import fact, read
from simulator.core.sandbox import Db
from simulator.documents import organisation_numbers
from simulator.documents.look_up import look_up


@fact("participant")
def participant(db: Db, what: Any) -> tuple[bool, Any]:
    """Say whether an organisation is registered in ELMA: ``{number, registered, access_point?}``.

    It asks what the public look-up answers. ``access_point`` is the name of the access point it is
    registered through. Found are the registrations there are.

    Raises:
        BadInput: the shape is not right, or the number cannot be an organisation number.
    """
    if isinstance(what, dict) and type(what.get("number")) is int:
        what = {**what, "number": str(what["number"])}
    asked = read("participant", what, {"number": str, "registered": bool}, {"access_point": str})
    digits = organisation_numbers.typed(asked["number"])
    if digits is None or not organisation_numbers.is_right(digits):
        raise BadInput([("participant.number", f"{asked['number']!r} is not a Norwegian organisation number")])
    entries = look_up(db, digits).entries
    through = [entry for entry in entries if asked.get("access_point", entry.access_point) == entry.access_point]
    found = [{"number": entry.number, "name": entry.name, "access_point": entry.access_point} for entry in entries]
    return bool(through) == asked["registered"], found
