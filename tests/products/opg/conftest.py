"""The office whose programs are tested here."""

from tests.office import office, office_platform

__all__ = ["office", "office_platform"]
