"""A platform with one sandbox, and browsers of signed-in people."""

from tests.products.support.conftest import administrator, desk, platform, sandbox, user, visitor

__all__ = ["administrator", "desk", "platform", "sandbox", "user", "visitor"]
