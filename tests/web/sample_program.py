"""A program with one of everything that a window can have, and its routes: what desktop programs are tested by."""

from flask import Blueprint
from werkzeug.wrappers import Response

from simulator.app import Platform
from simulator.web import desktop
from simulator.web.access import products, public
from simulator.web.desktop import CANCEL, NEXT, PREVIOUS, Menu, MenuEntry, RibbonGroup, Window, Wizard
from simulator.web.forms import Form, text_field

MENUS = (
    Menu("home.name", (MenuEntry("layout.help", ".view"), MenuEntry("home.notices", "home.notices"))),
    Menu(
        "admin.name",
        (
            MenuEntry("admin.users", ".view", {"client": 2}),
            MenuEntry(
                "admin.companies", entries=(MenuEntry("admin.roles", ".wizard"), MenuEntry("layout.language", ".list"))
            ),
        ),
    ),
    Menu("settings.name", (MenuEntry("settings.licences", ".list"),)),
)
TREE = (MenuEntry("admin.name", entries=(MenuEntry("admin.users", ".view"), MenuEntry("admin.roles", ".wizard"))),)
RIBBON = (
    RibbonGroup(
        "settings.contacts",
        (
            MenuEntry("admin.users", ".view", icon="people"),
            MenuEntry("ui.copy", ".command", icon="gear", is_command=True),
            MenuEntry("ui.done", ".command", icon="gear", is_command=True, refusal="ui.no_file"),
        ),
    ),
)


class Step(Form):
    """What a step of the wizard asks for."""

    name = text_field("admin.user.first_name")


blueprint = Blueprint("sample", __name__)


def _in_window(client: int) -> Window:
    return Window(version="9.6", client=f"Client {client}", menus=MENUS, tree=TREE, ribbon=RIBBON)


@blueprint.get("/<int:client>/")
@public
def view(client: int) -> Response:
    """Show a page with a state and a number of rows."""
    return desktop.window("sample.html", "Sample", _in_window(client), of=products()["home"])


@blueprint.get("/<int:client>/list")
@public
def list(client: int) -> Response:
    """Say that a page is not simulated."""
    return desktop.not_simulated("admin.support", "Left out", _in_window(client), of=products()["home"])


@blueprint.route("/<int:client>/wizard", methods=["GET", "POST"])
@public
def wizard(client: int) -> Response:
    """Show the second of three steps."""
    steps = Wizard(
        "admin.add_user", ("admin.users", "admin.roles", "admin.companies"), 1, (PREVIOUS, NEXT, CANCEL), follows=True
    )
    return desktop.wizard_step("Second", _in_window(client), steps, Step(), of=products()["home"])


@blueprint.post("/<int:client>/command")
@public
def command(client: int) -> Response:
    """Do nothing."""
    return desktop.window("sample.html", "Sample", _in_window(client), of=products()["home"])


PAGES = {
    "sample.html": """{% extends "desktop/window.html" %}{% from "desktop/parts.html" import count, message, state %}
{% block content %}{{ state(True, "Connected") }}{{ state(False, "Stopped") }}{{ message("Updated", "success") }}{% endblock %}
{% block status %}{{ count("Found: 840") }}{% endblock %}""",
}


def add_to(platform: Platform) -> None:
    """Give a platform that has answered no request yet the routes and page templates of the program."""
    from jinja2 import ChoiceLoader, DictLoader

    platform.register_blueprint(blueprint, url_prefix="/s/<sandbox>/sample")
    assert platform.jinja_env.loader is not None
    platform.jinja_env.loader = ChoiceLoader([DictLoader(PAGES), platform.jinja_env.loader])
