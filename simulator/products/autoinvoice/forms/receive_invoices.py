"""Forms of the settings for receiving invoices."""

from simulator.products.autoinvoice.forms.fields import ForCompany, Settings, tick
from simulator.web.forms import area_field


class ElmaRegistration(ForCompany):
    """The one tick box of the section about ELMA."""

    registered = tick("autoinvoice.elma.registered")


class Receiving(Settings):
    """Whether a company receives electronically, in countries whose companies do not stand in ELMA."""

    receives = tick("autoinvoice.receiving.on")


class Help(ForCompany):
    """What somebody asks the activation team for."""

    request = area_field("autoinvoice.help.request", longest=2000)
