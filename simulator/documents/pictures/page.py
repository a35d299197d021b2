"""A document as a page of its own: all inline, no script, nothing loaded. It is to be shown in a sandboxed frame."""

from functools import cache
from typing import Any

from simulator.documents.model.content import Content
from simulator.documents.pictures.sheet import sheet


@cache
def _layout() -> Any:
    from jinja2 import Environment, PackageLoader

    loader = PackageLoader("simulator.documents.pictures", "layouts")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template("document.html")


def html(content: Content, language: str) -> str:
    """Return a document as a whole page in a language."""
    return str(_layout().render(sheet=sheet(content, language)))
