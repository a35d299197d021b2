"""Templates keep what the Content-Security-Policy and the promise of no other host ask for."""

import re
from pathlib import Path

import pytest

from simulator.core import texts

ROOT = Path(__file__).resolve().parents[2]
MAIL = ROOT / "simulator" / "core" / "mails"
"""A mail is no page: mail programs know no style sheets, so its style stands in the elements."""
PICTURE = ROOT / "simulator" / "documents" / "pictures" / "layouts"
"""A document's picture is a page of its own, in a frame with a policy of its own: its style stands in it, and nothing else."""

FAULTS = {
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "an event handler": re.compile(r"(?<!\{% set)[\s(]on[a-z]+\s*=", re.IGNORECASE),
    "an inline style": re.compile(r"\sstyle\s*=|<style", re.IGNORECASE),
    "an address of another host": re.compile(r"(?:https?:|[\"'(=]\s*)//", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "output that is not escaped": re.compile(r"\|\s*safe\b|autoescape false"),
}


CANCEL = re.compile(r'<(?:a|button)[^>]*? class="([^"]*)"[^>]*>\{\{ t\("ui.cancel"\) \}\}')


def templates() -> list[Path]:
    """Return every template of a page."""
    return [path for path in sorted((ROOT / "simulator").rglob("*.html")) if not {MAIL, PICTURE} & set(path.parents)]


def faults(text: str) -> list[str]:
    """Return what a template must not hold but does."""
    return [name for name, pattern in FAULTS.items() if pattern.search(text)]


def test_no_template_has_inline_scripts_styles_or_another_host() -> None:
    faulty = {str(path.relative_to(ROOT)): faults(path.read_text(encoding="utf-8")) for path in templates()}
    assert not {path: what for path, what in faulty.items() if what}


def test_pictures_of_documents_hold_their_style_and_no_other_fault() -> None:
    assert [faults(path.read_text(encoding="utf-8")) for path in PICTURE.iterdir()] == [["an inline style"]]


def test_no_style_or_script_of_ours_names_another_host() -> None:
    static = ROOT / "simulator" / "web" / "static"
    ours = [path for path in static.iterdir() if path.suffix in (".css", ".js")]
    assert ours
    other = re.compile(r"(?:https?:)//(?!www\.w3\.org/)|url\(\s*[\"']?//", re.IGNORECASE)
    assert not [path.name for path in ours if other.search(path.read_text(encoding="utf-8"))]


def test_every_template_is_rendered_by_somebody() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8") for kind in ("*.py", "*.html") for path in sorted((ROOT / "simulator").rglob(kind))
    )
    names = [path.relative_to(next(p for p in path.parents if p.name == "templates")).as_posix() for path in templates()]
    assert not [name for name in names if f'"{name}"' not in sources]


def test_tabs_and_cancel_look_the_same_everywhere() -> None:
    ours = re.compile(r"nav-tabs|nav-pills|class=\"tabs")
    pages = [path for path in templates() if path.parent.name != "ui"]
    assert not [path.name for path in pages if ours.search(path.read_text(encoding="utf-8"))]
    words = {texts.text(language, "ui.cancel") for language in texts.LANGUAGES}
    same = {key for language in texts.LANGUAGES for key, word in texts.catalogue(language).items() if word in words}
    assert same == {"ui.cancel"}
    styles = {style for path in templates() for style in CANCEL.findall(path.read_text(encoding="utf-8"))}
    assert styles == {"btn btn-outline-secondary"}


def test_every_form_with_fields_says_what_it_was_refused_for() -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in templates()}
    fields = re.compile(r"\{\{ (?:field|radios|company_fields)\(")
    forms = [name for name, page in pages.items() if fields.search(page) and 'method="post"' in page]
    assert forms
    assert not [name for name in forms if "{{ refusals(" not in pages[name]]


@pytest.mark.parametrize(
    "text",
    [
        "<script>go()</script>",
        '<a onclick="go()">',
        '<a {% if one %} onclick="go()"{% endif %}>',
        "{{ field(onchange='go()') }}",
        '<p style="color: red">',
        "<style>p {}</style>",
        '<img src="//cdn.example/a.png">',
        "<a href='https://elsewhere.example/'>",
        '<a href="javascript:go()">',
        "{{ text|safe }}",
    ],
)
def test_the_guard_catches(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    ['<script src="/static/a.js" defer></script>', "{{ icon('bell') }}", "{% set one = rows[0] %}", '<a href="/s/x/">'],
)
def test_the_guard_spares(text: str) -> None:
    assert not faults(text)
