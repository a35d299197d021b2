"""Routes of Connect, by noun. A refused form is answered with status 200 and the form again, as on the real pages."""

from simulator.products.connect.views import challenge, enrolment, recovery, sign_in, terms
from simulator.products.connect.views.flow import blueprint

__all__ = ["blueprint", "challenge", "enrolment", "recovery", "sign_in", "terms"]
