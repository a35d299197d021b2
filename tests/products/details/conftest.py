"""A platform with one sandbox, and browsers of people who are signed in."""

from tests.products.support.conftest import administrator, desk, platform, sandbox, user, visitor

__all__ = ["administrator", "desk", "platform", "sandbox", "user", "visitor"]
