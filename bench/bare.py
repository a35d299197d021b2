"""The floor: a bare Flask application under the same waitress, without data, people or manners.

Run as ``python -m bench.bare PORT``.
"""

import select
import sys

from flask import Flask, Response, redirect, request
from waitress import serve

from simulator.http_server import THREADS

app = Flask(__name__)

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Bare</title></head>
<body><h1>Bare</h1>
<table><thead><tr>{% for name in heads %}<th>{{ name }}</th>{% endfor %}</tr></thead><tbody>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table></body></html>
"""

ROWS = app.jinja_env.from_string(_PAGE)

_STATIC = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Static</title></head>
<body><h1>Static</h1><p><a href="/static-page">Next</a></p><table>{rows}</table></body></html>
""".replace("{rows}", "<tr><td>one</td><td>two</td><td>three</td></tr>" * 30)


@app.get("/")
def home() -> str:
    """Answer."""
    return "<!doctype html><title>Bare</title><h1>Bare</h1>"


@app.post("/")
def sent() -> Response:
    """Lead to the page, as forms do."""
    return redirect("/")  # type: ignore[return-value]


@app.get("/rows")
def rows() -> str:
    """Show a table of as many rows and columns as were asked for."""
    many, columns = int(request.args["rows"]), int(request.args["columns"])
    cells = [[f"cell {row} of {column}" for column in range(columns)] for row in range(many)]
    return ROWS.render(heads=[f"column {number}" for number in range(columns)], rows=cells)


@app.get("/static-page")
def static_page() -> str:
    """Show a page with one link."""
    return _STATIC


if __name__ == "__main__":
    serve(app, listen=f"127.0.0.1:{sys.argv[1]}", threads=THREADS, asyncore_use_poll=hasattr(select, "poll"))
