"""A platform with one sandbox, and browsers of people who are signed in."""

from tests.products.support.conftest import administrator, platform, sandbox, user, visitor

__all__ = ["administrator", "platform", "sandbox", "user", "visitor"]
