"""What tests use of the simulator: a server, a sandbox for each test, and what is in it as objects.

Only the standard library, and nothing of the product: a client like any other. pytest's plug-in is ``simulator.testing.plugin``.
Modules are imported with the first use of a name, because the plug-in is loaded in sessions of others too.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.testing.api import CallFailed, NoServer, Refused
    from simulator.testing.messages import Message
    from simulator.testing.run import serve
    from simulator.testing.sandbox import Person, Sandbox
    from simulator.testing.server import Server

__all__ = ["CallFailed", "Message", "NoServer", "Person", "Refused", "Sandbox", "Server", "serve"]

_MODULES = {
    "CallFailed": "api",
    "Message": "messages",
    "NoServer": "api",
    "Person": "sandbox",
    "Refused": "api",
    "Sandbox": "sandbox",
    "Server": "server",
    "serve": "run",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
