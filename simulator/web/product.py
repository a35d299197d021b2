"""What a product tells the composition root about itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint

from simulator.directory.roles import Role


@dataclass(frozen=True)
class MenuItem:
    """One entry of a product's horizontal menu.

    Attributes:
        text: text key.
        endpoint: where it leads.
        permission: shown to those who hold it; None for everybody who is signed in.
        children: entries of the submenu shown when this one is open.
        passing: whether it is shown only while it is open, as one of many pages of its kind, and leads to that page.
        country: shown while a company of this country is chosen; None for all.
    """

    text: str
    endpoint: str
    permission: str | None = None
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
        endpoint: where it leads.
    """

    text: str
    icon: str
    permission: str | None
    endpoint: str


@dataclass(frozen=True, kw_only=True)
class Product:
    """One application of the platform.

    Attributes:
        code: its path below the sandbox, unless it says another, and the name of its blueprint.
        name: text key of its name, shown in the top bar and the app menu.
        blueprint: its routes.
        permissions: permission → roles that hold it; a role on a company permits what belongs to that company.
        of_customer: whether its pages are about the whole customer, so that a role on any of its companies opens them whichever
            company is chosen; what may be seen and done there is decided row by row.
        tile: its place in Home; None for what is not an application there.
        menu: its horizontal menu.
        path: its path below the sandbox; its code when None; nothing when its routes say their first part themselves.
        unvisited: the first parts of its paths that are read without any visit, for what is asked for many times a second.
        programs: whether programs call it instead of browsers: they show keys of the sandbox with each call, so it has no forms
            with tokens, and asks for no join key.
    """

    code: str
    name: str
    blueprint: Blueprint
    permissions: Mapping[str, tuple[Role, ...]] = field(default_factory=dict)
    of_customer: bool = False
    tile: Tile | None = None
    menu: tuple[MenuItem, ...] = ()
    path: str | None = None
    programs: bool = False
    unvisited: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """Where its routes begin below the application."""
        path = self.code if self.path is None else self.path
        return f"/s/<sandbox>/{path}".rstrip("/")


@dataclass(frozen=True)
class Products:
    """All products of the platform, in the order Home shows them."""

    all: tuple[Product, ...]

    def __getitem__(self, code: str) -> Product:
        """Return a product by its code."""
        return next(product for product in self.all if product.code == code)

    @property
    def unvisited(self) -> frozenset[str]:
        """The first parts of all paths below a sandbox that are read without any visit."""
        return frozenset(part for product in self.all for part in product.unvisited)

    def by_blueprint(self, name: str | None) -> Product | None:
        """Return the product that a blueprint belongs to."""
        return next((product for product in self.all if product.blueprint.name == name), None)

    def roles_with(self, permission: str) -> tuple[Role, ...]:
        """Return the roles that hold a permission.

        Raises:
            KeyError: no product declares it.
        """
        return self._declaring(permission).permissions[permission]

    def is_of_customer(self, permission: str) -> bool:
        """Say whether a permission counts for the whole customer, whichever company is chosen.

        Raises:
            KeyError: no product declares it.
        """
        return self._declaring(permission).of_customer

    def _declaring(self, permission: str) -> Product:
        for product in self.all:
            if permission in product.permissions:
                return product
        raise KeyError(permission)
