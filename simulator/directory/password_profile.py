"""How costly password hashes are: apart from the hashes, because it is set before anything of them is imported."""

_profile = "fast"


def use_profile(profile: str) -> None:
    """Choose the cost of password hashes: ``fast`` (the default of a simulator) or ``realistic``.

    Hashes contain their parameters, so both kinds can always be verified.
    """
    global _profile
    _profile = profile


def present_profile() -> str:
    """Return the profile that was chosen."""
    return _profile
