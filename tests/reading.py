"""Reads pages for tests, as the walk without a browser does."""

from e2e.engine.http.elements import CONTROLS, VOID, Element, read

__all__ = ["CONTROLS", "VOID", "Element", "read"]
