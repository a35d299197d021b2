"""Routes of My details, one module per subject. All pages are about the signed-in person: no address names a person."""

from simulator.products.details.views import account, email, security_keys
from simulator.products.details.views.blueprint import ALWAYS_MAILED, blueprint

__all__ = ["ALWAYS_MAILED", "account", "blueprint", "email", "security_keys"]
