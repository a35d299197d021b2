"""The table of routes, which grows while it is used."""

from threading import RLock
from typing import Any

from werkzeug.routing import Map, MapAdapter


class GrowingMap(Map):
    """Routes to which a product adds its own while requests are matched: Werkzeug sorts its lists of routes in place.

    Attributes:
        growing: held while routes are added, and while an address is matched or built.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        self.growing = RLock()
        super().__init__(*arguments, **settings)

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
