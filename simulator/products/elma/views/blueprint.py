"""The blueprint that all routes of ELMA hang on."""

from flask import Blueprint

blueprint = Blueprint("elma", __name__, template_folder="../templates")
