"""The eye of a walk: whether what a manual says is seen is there, and what it shows."""

from playwright.sync_api import Locator

from .browser_context import BrowserWalkContext
from .finding import Match
from .roles import NotFound
from .targets import Sight


class Assertions:
    """Looks at the page of a walk."""

    def __init__(self, context: BrowserWalkContext) -> None:
        self._context = context

    def see(self, sight: Sight) -> Match | None:
        """Wait until something is seen as the manual says.

        Several things of the same name are fine as long as one of them fits: a reader sees it.

        Returns:
            What was seen; None for what has to be gone.

        Raises:
            NotFound: It is not seen; the text says what is there instead.
        """
        if sight.state == "gone":
            self._context.until(lambda: self._gone(sight))
            return None
        return self._context.until(lambda: self._fits(sight))

    def _gone(self, sight: Sight) -> None:
        try:
            self._context.finder.all(sight)
        except NotFound:
            return
        raise NotFound(f"{self._context.finder.describe(sight)} is still there")

    def _fits(self, sight: Sight) -> Match:
        reasons: list[str] = []
        for match in self._context.finder.all(sight):
            reason = self._wrong(sight, match.locator)
            if reason is None:
                return match
            reasons.append(reason)
        raise NotFound(f"{self._context.finder.describe(sight)} {reasons[0]}")

    def _wrong(self, sight: Sight, locator: Locator) -> str | None:
        """Say what is not as the manual says, or None."""
        if sight.value is not None:
            expected, displayed = self._context.finder.label(sight.value), _value(locator)
            if displayed != expected:
                return f"shows '{displayed}', not '{expected}'"
        if sight.state in ("enabled", "disabled") and (sight.state == "disabled") != _is_grey(locator):
            return f"is not {sight.state}"
        if sight.state in ("checked", "unchecked") and (sight.state == "checked") != locator.is_checked():
            return f"is not {sight.state}"
        return None


def _value(locator: Locator) -> str:
    """Read what a field holds, which option is chosen, or what the thing says."""
    value = locator.evaluate(
        """e => e.tagName === 'SELECT' ? [...e.selectedOptions].map(o => o.label.trim()).join(', ')
          : 'value' in e && e.tagName !== 'LI' && e.tagName !== 'BUTTON' ? e.value : e.innerText"""
    )
    return " ".join(str(value).split())


def _is_grey(locator: Locator) -> bool:
    """Say whether a thing cannot be used: disabled, or a field that cannot be typed in."""
    return locator.is_disabled() or bool(locator.evaluate("e => e.readOnly === true"))
