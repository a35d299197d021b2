"""The blueprint that the routes of ELMA belong to."""

from flask import Blueprint

blueprint = Blueprint("elma", __name__, template_folder="../templates")
