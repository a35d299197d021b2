"""Headers that keep pages safe."""

from collections.abc import Iterable

from flask import Response, g, request

POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


def lead_forms_to(origins: Iterable[str]) -> None:
    """Let the forms of this page lead to other origins: the registered addresses of the application that a sign-in is for.

    Chromium applies ``form-action`` to the redirects that follow a form too.
    """
    g.form_targets = list(origins)


def open_frames_of(origins: Iterable[str]) -> None:
    """Let this page have frames of other origins: those in which applications sign out."""
    g.frame_sources = list(origins)


def set_security_headers(response: Response) -> Response:
    """Send the headers that keep pages safe, where the view has not set others."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    return response


def _policy() -> str:
    policy = POLICY
    if targets := g.get("form_targets"):
        policy = policy.replace("form-action 'self'", " ".join(("form-action 'self'", *targets)))
    if frames := g.get("frame_sources"):
        policy += "; frame-src " + " ".join(frames)
    return policy
