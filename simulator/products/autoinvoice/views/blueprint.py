"""The blueprint that the routes of AutoInvoice belong to."""

from flask import Blueprint

blueprint = Blueprint("autoinvoice", __name__, template_folder="../templates")
