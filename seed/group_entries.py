"""The shape of groups in a scenario."""

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from . import vocabulary as words
from .vocabulary import refuse


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=False)


class CompanyGroup(_Entry):
    """Companies on which roles are given together; ``all`` is every active company of the customer."""

    key: words.Key
    customer: words.Key
    name: words.Name
    companies: words.Keys = []


class RoleGroup(_Entry):
    """Roles that are given together."""

    key: words.Key
    customer: words.Key
    name: words.Name
    roles: list[words.RoleName] = []


class GroupAccess(_Entry):
    """A role or role group that a user group has, on customers, companies or company groups."""

    role: words.RoleName | None = None
    role_group: words.Key | None = None
    on: words.Keys

    @model_validator(mode="after")
    def _has_either(self) -> Self:
        if (self.role is None) == (self.role_group is None):
            raise refuse("either role or role_group", self.role)
        return self


class UserGroup(_Entry):
    """Users who all have the same roles; ``members`` are keys or addresses of people."""

    key: words.Key
    customer: words.Key
    name: words.Name
    members: list[words.Words] = []
    access: list[GroupAccess] = []
