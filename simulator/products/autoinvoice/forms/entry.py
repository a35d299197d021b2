"""Forms of AutoInvoice's entry page. Field names are those of the real page, so that existing page objects fit."""

from simulator.web.forms import Form, email_field


class Login(Form):
    """The e-mail address; Connect asks for the password."""

    email = email_field("autoinvoice.entry.username", name="user[name]", id="user_name")


class OrderPassword(Form):
    """The e-mail address to which the link to a new password goes."""

    email = email_field("autoinvoice.entry.username", name="user[email]", id="user_email")
