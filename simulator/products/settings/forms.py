"""Forms of Settings."""

from wtforms import HiddenField

from simulator.web.forms import Form, area_field, choice_field, code_field, text_field

LONGEST_KEY = 40
LONGEST_NUMBER = 12
LONGEST_REMARK = 1000


class RegisterLicence(Form):
    """The customer number and the key of a licence."""

    customer_number = text_field("settings.customer_number", longest=LONGEST_KEY)
    key = code_field("settings.licence_key", longest=LONGEST_KEY)


class OrderUsers(Form):
    """How many users a licence shall have, and how many the page said it has."""

    before = HiddenField()
    users = text_field("settings.order.users", longest=LONGEST_NUMBER)


class GiveNotice(Form):
    """The last day that a contract shall have, and what the sender adds."""

    end = choice_field("settings.cancel.end")
    remark = area_field("settings.cancel.remark", required=False, longest=LONGEST_REMARK, render_kw={"rows": 3})


class TransferLicences(Form):
    """Who receives licences from when; a new customer needs a name and a contact. Each licence adds a field for its users."""

    first_day = choice_field("settings.transfer.first_day")
    receiver = text_field("settings.transfer.receiver", longest=LONGEST_KEY)
    name = text_field("settings.transfer.name", required=False, longest=100)
    contact_name = text_field("settings.transfer.contact_name", required=False, longest=100)
    contact_email = text_field("settings.transfer.contact_email", required=False)
