"""How a company stands in ELMA, as a text key."""

from simulator.documents.registers.participants import Standing


def state_text(standing: Standing) -> str:
    """Return the text key of the sentence that says how a company stands in ELMA."""
    if not standing.norwegian:
        return "autoinvoice.elma.state.foreign"
    if standing.state is None:
        return "autoinvoice.elma.state.none"
    if not standing.ours:
        return "autoinvoice.elma.state.other"
    return f"autoinvoice.elma.state.{standing.state}"
