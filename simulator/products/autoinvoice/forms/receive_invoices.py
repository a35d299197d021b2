"""Forms of the settings for receiving invoices."""

from simulator.products.autoinvoice.forms.fields import CompanyForm, Settings, tick
from simulator.web.forms import area_field


class ElmaRegistration(CompanyForm):
    """The one tick box of the section about ELMA."""

    registered = tick("autoinvoice.elma.registered")


class Receiving(Settings):
    """Whether a company receives electronically, in countries whose companies are not registered in ELMA."""

    receives = tick("autoinvoice.receiving.on")


class Help(CompanyForm):
    """A request to the activation team."""

    request = area_field("autoinvoice.help.request", longest=2000)
