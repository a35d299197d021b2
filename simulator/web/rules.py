"""The table of routes, which grows while it is used."""

from collections.abc import Callable
from threading import RLock
from typing import Any

from werkzeug.routing import IntegerConverter, Map, MapAdapter, Rule

from simulator.core.numbers import LARGEST_ID


class IdConverter(IntegerConverter):
    """Reads ids in addresses; a number that is larger than any id names nothing, and would overflow SQLite's INTEGER."""

    def __init__(
        self, map: Map, fixed_digits: int = 0, min: int | None = None, max: int | None = LARGEST_ID, signed: bool = False
    ) -> None:
        super().__init__(map, fixed_digits, min, max, signed)


class LateRule(Rule):
    """A route whose functions that build addresses are compiled when the first of its addresses is built.

    Werkzeug compiles two for each route as it is added, which takes longer than all else about a route; few pages are linked to
    in the life of a process, and hardly any with values that its path does not have.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        """Return a function that puts the compiled one in its place when it is first called.

        Werkzeug's own method, which is not public. A test goes red when Werkzeug compiles another way.
        """

        def compile_and_build(_: Rule, **values: Any) -> tuple[str, str]:
            compiled: Callable[..., tuple[str, str]] = (
                super(LateRule, self)._compile_builder(append_unknown).__get__(self, None)
            )
            if append_unknown:
                self._build_unknown = compiled
            else:
                self._build = compiled
            return compiled(**values)

        return compile_and_build


class GrowingMap(Map):
    """Routes to which a product adds its own while requests are matched: Werkzeug sorts its lists of routes in place.

    Attributes:
        growing: held while routes are added, and while an address is matched or built.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        self.growing = RLock()
        super().__init__(*arguments, **settings)
        self.converters["int"] = IdConverter

    def bind_to_environ(self, *arguments: Any, **settings: Any) -> MapAdapter:
        """Return the routes as one request sees them."""
        bound = super().bind_to_environ(*arguments, **settings)
        return _LockedAdapter(
            self,
            bound.server_name,
            bound.script_name,
            bound.subdomain,
            bound.url_scheme,
            bound.path_info,
            bound.default_method,
            bound.query_args,
        )


class _LockedAdapter(MapAdapter):
    map: GrowingMap

    def match(self, *arguments: Any, **settings: Any) -> Any:
        with self.map.growing:
            return super().match(*arguments, **settings)

    def build(self, *arguments: Any, **settings: Any) -> str:
        with self.map.growing:
            return super().build(*arguments, **settings)
