"""Forms of Settings."""

from simulator.web.forms import Form, code_field, text_field

LONGEST_KEY = 40


class RegisterLicence(Form):
    """The customer number and the key of a licence."""

    customer_number = text_field("settings.customer_number", longest=LONGEST_KEY)
    key = code_field("settings.licence_key", longest=LONGEST_KEY)
