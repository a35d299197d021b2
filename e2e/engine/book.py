"""Make pages of a walk's pictures that read as a manual."""

import re
from html import escape
from pathlib import Path

from .camera import Figure
from .captions import WORDS
from .model import Manual
from .texts import Labels

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_HEAD = re.compile(r'<html lang="(\w+)">.*?<title>(.*?)</title>', re.DOTALL)

STYLE = """
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 66rem; padding: 2rem 1.5rem 4rem; color: #1c2430; box-sizing: border-box;
  background: #fff; font: 1rem/1.6 "Open Sans", "Segoe UI", "Liberation Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.8rem; line-height: 1.25; margin: 0 0 .3rem; }
.source, .way { color: #51607a; margin: 0 0 .5rem; }
ol { list-style: none; counter-reset: step; padding: 0; }
ol > li { counter-increment: step; margin: 2.2rem 0; }
.tell { font-size: 1.1rem; margin: 0 0 .6rem; padding-left: 2.6rem; min-height: 1.9rem; position: relative; }
.tell::before { content: counter(step); position: absolute; left: 0; top: 0; width: 1.9rem;
  height: 1.9rem; border-radius: 50%; background: #c81e5a; color: #fff; text-align: center;
  line-height: 1.9rem; font-weight: 600; }
.hint { margin: 0 0 .8rem 2.6rem; padding: .4rem .8rem; border-left: 4px solid #8aa0c0; background: #f2f5fa; }
.result { margin: .8rem 0 .4rem; }
img { display: block; box-sizing: border-box; max-width: 100%; height: auto; margin: .6rem 0;
  border: 1px solid #ccd3de; border-radius: 6px; }
a { color: #0b4f9e; }
@page { size: A4; margin: 1.4cm; }
@media print {
  body { padding: 0; max-width: none; font-size: 10.5pt; }
  ol > li { margin: 1.2rem 0; }
  h1, .tell, .hint, .result { break-after: avoid; break-inside: avoid; }
  .tell::before { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  img { break-inside: avoid; max-height: 21cm; object-fit: contain; object-position: left; }
}
"""


def folder_of(language: str, variant: str | None) -> str:
    """Name the folder of one walk below the manual's own: `nl`, `nl-menu`."""
    return f"{language}-{variant}" if variant else language


def write_manual(folder: Path, manual: Manual, variant: str | None, labels: Labels, figures: list[Figure]) -> Path:
    """Write the page of one walk beside its pictures.

    Args:
        folder: Where the pictures are.
        manual: The manual that was walked.
        variant: The variant that was walked.
        labels: The labels in the language of the walk.
        figures: The pictures, in order.

    Returns:
        The page.
    """
    words = WORDS[labels.language]
    title = _plain(labels.words(manual.title))
    source = manual.source.title + (f" – {manual.source.section}" if manual.source.section else "")
    condition_html = ""
    if variant:
        condition = manual.variants[variant].condition
        spoken = _lang(condition.spoken(labels.language, manual.language), labels.language)
        condition_html = f'<p class="way">{words["way"]}: <span{spoken}>{_rich(labels.words(condition))}</span></p>\n'
    steps = "\n".join(_step(figure, labels.language) for figure in figures)
    cited = f"<cite{_lang(manual.language, labels.language)}>{escape(source)}</cite>"
    page = (
        f'<h1>{escape(title)}</h1>\n<p class="source">{words["source"]}: {cited}</p>\n{condition_html}<ol>\n{steps}\n</ol>\n'
    )
    return _write(folder / "index.html", labels.language, title, page)


def write_index(folder: Path) -> Path:
    """Write the page that lists every manual with pictures in a folder, whichever walk made them.

    Returns:
        The page.
    """
    entries = []
    for page in sorted(folder.glob("*/*/index.html")):
        head = _HEAD.search(page.read_text(encoding="utf-8"))
        if head is None:
            continue
        language, title = head.groups()
        walk = page.parent.name
        name = WORDS[language]["language"] if language in WORDS else language
        variant = f" ({escape(walk.removeprefix(language + '-'))})" if walk != language else ""
        link = f'<a href="{page.parent.parent.name}/{walk}/index.html" lang="{language}">{title}</a>'
        entries.append(f'<li>{link} – <span lang="{language}">{name}</span>{variant}</li>')
    body = "<h1>Manuals</h1>\n" + ("<ul>\n" + "\n".join(entries) + "\n</ul>\n" if entries else "<p>None yet.</p>\n")
    return _write(folder / "index.html", "en", "Manuals", body)


def _step(figure: Figure, language: str) -> str:
    tell, spoken = figure.tell
    lines = [f'<li id="step-{figure.number}">', f'<p class="tell"{_lang(spoken, language)}>{_rich(tell)}</p>']
    if figure.hint:
        hint, spoken = figure.hint
        words = f"<span{_lang(spoken, language)}>{_rich(hint)}</span>"
        lines.append(f'<p class="hint"><strong>{WORDS[language]["hint"]}:</strong> {words}</p>')
    for picture in figure.pictures:
        if picture.result:
            lines.append(f'<p class="result">{WORDS[language]["result"].capitalize()}:</p>')
        width, height = picture.size
        lines.append(f'<img src="{picture.file}" alt="{escape(picture.alt)}" width="{width}" height="{height}">')
    return "\n".join([*lines, "</li>"])


def _lang(spoken: str, language: str) -> str:
    """Mark a text that is in another language than the page."""
    return f' lang="{spoken}"' if spoken != language else ""


def _rich(text: str) -> str:
    return _BOLD.sub(r"<strong>\1</strong>", escape(text))


def _plain(text: str) -> str:
    return _BOLD.sub(r"\1", text)


def _write(file: Path, language: str, title: str, body: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n</head>\n'
        f"<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        encoding="utf-8",
        newline="\n",
    )
    return file
