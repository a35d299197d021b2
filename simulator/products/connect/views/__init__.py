"""Routes of Connect, one module per subject. A refused form is shown again with status 200, as on the real pages."""

from simulator.products.connect.views import challenge, enrolment, external, push, recovery, security_keys, sign_in, terms
from simulator.products.connect.views.flow import blueprint

__all__ = ["blueprint", "challenge", "enrolment", "external", "push", "recovery", "security_keys", "sign_in", "terms"]
