"""Forms of the lobby."""

from simulator.web.forms import Form, choice_field, password_field, text_field


class CreateSandbox(Form):
    """Making a sandbox."""

    scenario = choice_field("lobby.scenario")
    name = text_field("lobby.name", required=False, longest=40)
    language = choice_field("layout.language")


class Token(Form):
    """The control token."""

    token = password_field("lobby.token")
