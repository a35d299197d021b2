"""A platform with one sandbox, and a browser that is signed out."""

from tests.products.support.conftest import platform, sandbox, visitor

__all__ = ["platform", "sandbox", "visitor"]
