"""The form of the page that a mailed link opens."""

from simulator.web.forms import Form, code_field


class Passcode(Form):
    """The passcode of the mail; every button of the page submits it again."""

    passcode = code_field("autoinvoice.link.passcode", longest=20)
