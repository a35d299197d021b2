"""What tests use of the simulator: a server, a sandbox for each test, and what is in it as objects.

Only the standard library, and nothing of the product: a client like any other. pytest's plug-in is ``simulator.testing.plugin``.
"""

from simulator.testing.api import CallFailed, NoServer, Refused
from simulator.testing.messages import Message
from simulator.testing.run import serve
from simulator.testing.sandbox import Person, Sandbox
from simulator.testing.server import Server

__all__ = ["CallFailed", "Message", "NoServer", "Person", "Refused", "Sandbox", "Server", "serve"]
