"""The text key of a company's registration state in ELMA."""

from simulator.documents.registers.participants import RegistrationState


def state_text(registration: RegistrationState) -> str:
    """Return the text key of the sentence about a company's registration in ELMA."""
    if not registration.norwegian:
        return "autoinvoice.elma.state.foreign"
    if registration.state is None:
        return "autoinvoice.elma.state.none"
    if not registration.ours:
        return "autoinvoice.elma.state.other"
    return f"autoinvoice.elma.state.{registration.state}"
