"""Query for the page of the customer's configuration."""

from dataclasses import dataclass

from simulator.core.sandbox import Db
from simulator.directory import customers, two_step
from simulator.directory.actors import Actor
from simulator.directory.models import Customer, Person


@dataclass(frozen=True)
class Configuration:
    """The data of the page.

    Attributes:
        customer: the customer.
        without_two_step: the number of users without two-step verification.
        own_two_step: whether the administrator has turned it on.
    """

    customer: Customer
    without_two_step: int
    own_two_step: bool


def configuration(db: Db, actor: Actor) -> Configuration:
    """Return the configuration of the actor's current customer."""
    assert actor.customer_id is not None
    customer = db.get_one(Customer, actor.customer_id)
    person = db.get_one(Person, actor.id)
    return Configuration(customer, customers.without_two_step(db, customer.id), two_step.has_method(db, person))
