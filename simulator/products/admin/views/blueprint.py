"""The blueprint that the routes of Admin belong to."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, template_folder="../templates")
