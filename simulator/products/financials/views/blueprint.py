"""The blueprint that the routes of Visma.net Financials belong to."""

from flask import Blueprint

blueprint = Blueprint("financials", __name__, template_folder="../templates")
