"""The form of the page behind a link in a mail."""

from simulator.web.forms import Form, text_field


class Passcode(Form):
    """The passcode of the mail; it goes along with everything done on the page."""

    passcode = text_field("autoinvoice.link.passcode", longest=20)
