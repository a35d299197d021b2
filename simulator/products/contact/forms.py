"""Forms of Contact."""

from simulator.directory.cases.commands import LONGEST_CHAT_TEXT, LONGEST_TEXT
from simulator.web.attachments import WithFiles, files_field
from simulator.web.forms import Form, area_field, choice_field, email_field, text_field


class Message(WithFiles):
    """What is written in a case that exists."""

    text = area_field("contact.text", longest=LONGEST_TEXT, render_kw={"rows": 5})
    attachments = files_field()


class ChatMessage(WithFiles):
    """What is written in a chat that goes on. Own choice: files follow when it is a case."""

    text = area_field("contact.text", longest=LONGEST_CHAT_TEXT, render_kw={"rows": 3})


class NewCase(WithFiles):
    """The contact form of a visitor who is signed in."""

    topic = choice_field("contact.topic")
    customer_number = text_field("case.administrator.customer_number", required=False, longest=40)
    phone = text_field("details.phone", required=False, longest=40)
    subject = text_field("mail.subject")
    text = area_field("contact.text", longest=LONGEST_TEXT, render_kw={"rows": 8})
    attachments = files_field()


class NewCaseOfGuest(NewCase):
    """The contact form of a visitor who is not signed in."""

    name = text_field("contact.your_name")
    email = email_field("contact.your_email")


class NewChat(ChatMessage):
    """The beginning of a chat of a visitor who is signed in."""


class NewChatOfGuest(NewChat):
    """The beginning of a chat of a visitor who is not signed in."""

    name = text_field("contact.your_name")
    email = email_field("contact.your_email")


class ToAdministrators(Form):
    """An e-mail to the administrators of the visitor's customers."""

    subject = text_field("mail.subject")
    text = area_field("contact.text", longest=LONGEST_TEXT, render_kw={"rows": 8})
