"""What a product tells the composition root about itself. Its views are not imported for that, see ``web.platform``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from simulator.directory.roles import SERVICES, Role
from simulator.web.platform import LateBlueprint

if TYPE_CHECKING:
    from simulator.core.sandbox import Db
    from simulator.directory.actors import Actor

Permission = str | tuple[str, ...] | None
"""A permission; several, of which any is enough; or None for everybody who is signed in."""


def _all_of(permission: Permission) -> tuple[str, ...]:
    return (permission,) if isinstance(permission, str) else permission or ()


@dataclass(frozen=True)
class MenuItem:
    """One entry of a product's horizontal menu.

    Attributes:
        text: text key.
        endpoint: where it leads.
        permission: shown to those who hold it.
        children: entries of the submenu shown when this one is open.
        passing: whether it is shown only while it is open, as one of many pages of its kind, and leads to that page.
        country: shown while a company of this country is chosen; None for all.
    """

    text: str
    endpoint: str
    permission: Permission = None
    children: tuple["MenuItem", ...] = ()
    passing: bool = False
    country: str | None = None


@dataclass(frozen=True)
class Tile:
    """A product's place in Home and in the app menu.

    Attributes:
        text: text key of the tile on Home.
        icon: name of a vendored icon.
        permission: shown to those who hold it.
        names: text key of the tile's second line: what else manuals call the product.
    """

    text: str
    icon: str
    permission: Permission
    names: str | None = None


@dataclass(frozen=True)
class Waiting:
    """A number of things that wait for the visitor, and the list of them.

    Attributes:
        text: text key of their name.
        count: how many there are.
        endpoint: the page that lists them.
        address: the filters of that page.
    """

    text: str
    count: int
    endpoint: str
    address: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Product:
    """One application of the platform.

    Attributes:
        code: its path below the sandbox, unless it names others, and its blueprint's name with dashes.
        name: text key of its name, shown in the top bar and the app menu.
        views: the module whose ``blueprint`` has its routes; imported with its first page.
        permissions: permission → roles that hold it; a role on a company permits what belongs to that company.
        of_customer: whether its pages are about the whole customer, so that a role on any of its companies opens them whichever
            company is chosen; what may be seen and done there is decided row by row.
        tile: its place in Home; None for what is not an application there.
        is_opened_by: returns whether somebody without the permission of its tile may open it too; Home shows them the tile.
        waiting: returns what waits in it for somebody who may open it; Home shows the numbers at its tile.
        menu: its horizontal menu.
        start: the path of its first page, below its own.
        paths: its paths below the sandbox, when they are others than its code: its routes begin with the only one of them, or say
            themselves which they begin with when there are several.
        without_visit: whether its paths are read without any visit, for what is asked for many times a second.
        in_manuals: whether manuals have sections about it; its ``fidelity.toml`` says which of them it reproduces.
        on_computer: whether it is a program on the visitor's computer: its tile is in a group of its own, for those who may open a
            client in it, and it is not in the app menu.
        caller: returns the person's address and the company's organisation number that the token of a program's call is of, or
            None for a request without a token; for faults.
        programs: whether programs call it instead of browsers: they show keys of the sandbox with each call, so it has no forms
            with tokens.
    """

    code: str
    name: str
    views: str
    permissions: Mapping[str, tuple[Role, ...]] = field(default_factory=dict)
    of_customer: bool = False
    tile: Tile | None = None
    is_opened_by: "Callable[[Db, Actor], bool] | None" = None
    waiting: "Callable[[Db, Actor], Sequence[Waiting]] | None" = None
    menu: tuple[MenuItem, ...] = ()
    start: str = ""
    paths: tuple[str, ...] = ()
    without_visit: bool = False
    in_manuals: bool = True
    on_computer: bool = False
    programs: bool = False
    caller: "Callable[[Db], tuple[str | None, str | None] | None] | None" = None

    @property
    def package(self) -> str:
        """The name of its package below ``simulator.products``."""
        return self.views.split(".")[2]

    @property
    def path(self) -> str:
        """Where its routes begin below a sandbox."""
        return "" if len(self.paths) > 1 else (self.paths or (self.code,))[0]

    @property
    def blueprint(self) -> LateBlueprint:
        """Its routes."""
        return LateBlueprint(
            name=self.code.replace("-", "_"),
            module=self.views,
            prefix=f"/s/<sandbox>/{self.path}".rstrip("/"),
            paths=self.paths or (self.code,),
            programs=self.programs,
        )


@dataclass(frozen=True)
class Products:
    """All products of the platform, in the order Home shows them."""

    all: tuple[Product, ...]

    @cached_property
    def _by_blueprint(self) -> dict[str, Product]:
        return {product.blueprint.name: product for product in self.all}

    def __getitem__(self, code: str) -> Product:
        """Return a product by its code."""
        return next(product for product in self.all if product.code == code)

    @cached_property
    def services(self) -> dict[str, Product]:
        """Services that are simulated, each with its product: that of its code, or the first with a tile for one of its roles."""
        simulated: dict[str, Product] = {}
        for product in self.all:
            for permission in _all_of(product.tile.permission) if product.tile is not None else ():
                for role in product.permissions[permission]:
                    if role.service is not None:
                        simulated.setdefault(role.service, product)
        return simulated | {product.code: product for product in self.all if product.tile and product.code in SERVICES}

    def by_blueprint(self, name: str | None) -> Product | None:
        """Return the product that a blueprint belongs to."""
        return self._by_blueprint.get(name or "")

    def roles_with(self, permission: str) -> tuple[Role, ...]:
        """Return the roles that hold a permission.

        Raises:
            KeyError: no product declares it.
        """
        return self._declaring(permission).permissions[permission]

    def is_of_customer(self, permission: str) -> bool:
        """Return whether a permission counts for the whole customer, whichever company is chosen.

        Raises:
            KeyError: no product declares it.
        """
        return self._declaring(permission).of_customer

    def _declaring(self, permission: str) -> Product:
        for product in self.all:
            if permission in product.permissions:
                return product
        raise KeyError(permission)
