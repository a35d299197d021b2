"""Finds the two packages that travel with the simulator: beside it in a checkout, below it in a wheel."""

from importlib import import_module
from types import ModuleType


def companion(name: str) -> ModuleType:
    """Import ``seed`` or ``e2e``, or a module inside.

    Args:
        name: for example ``seed`` or ``e2e.engine.run``.
    """
    root = name.partition(".")[0]
    try:
        import_module(f"simulator.{root}")
    except ModuleNotFoundError as error:
        if error.name != f"simulator.{root}":
            raise
        return import_module(name)
    return import_module(f"simulator.{name}")
