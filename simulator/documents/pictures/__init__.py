"""Documents as people see them: a page for the screen, and a PDF for mail and post."""

from simulator.documents.pictures.page import html
from simulator.documents.pictures.paper import pdf
from simulator.documents.pictures.reading import pages
from simulator.documents.pictures.sheet import type_name

__all__ = ["html", "pages", "pdf", "type_name"]
