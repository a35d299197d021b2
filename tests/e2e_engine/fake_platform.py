"""A platform of a few small pages with a control API beside it: just enough to walk on, of the standard library."""

# ruff: noqa: PLR0912 - small pages read best on one line, and routes one under another

import io
import json
import threading
from collections.abc import Callable
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import openpyxl

TEXTS: dict[str, dict[str, str]] = {
    "settings": {"nl": "Settings", "nb": "Settings", "sv": "Settings", "en": "Settings"},
    "licences": {"nl": "Licenties", "nb": "Lisenser", "sv": "Licenser", "en": "Licences"},
    "invoices": {"nl": "Facturen", "nb": "Fakturaer", "sv": "Fakturor", "en": "Invoices"},
    "usage": {"nl": "Verbruik", "nb": "Bruk", "sv": "Användning", "en": "Usage"},
    "apps": {"nl": "Apps", "nb": "Apper", "sv": "Appar", "en": "Apps"},
    "export": {"nl": "Exporteren als", "nb": "Eksporter som", "sv": "Exportera som", "en": "Export as"},
    "search": {"nl": "Zoeken", "nb": "Søk", "sv": "Sök", "en": "Search"},
    "show.verb": {"nl": "Tonen", "nb": "Vis", "sv": "Visa", "en": "Show"},
    "show.view": {"nl": "Tonen", "nb": "Visning", "sv": "Visa", "en": "View"},
    "found": {
        "nl": "%(count)s gevonden",
        "nb": "%(count)s funnet",
        "sv": "%(count)s hittade",
        "en": "%(count)s found",
    },
    "type": {"nl": "Type verbruik", "nb": "Type bruk", "sv": "Typ", "en": "Type of usage"},
    "count": {"nl": "Aantal", "nb": "Antall", "sv": "Antal", "en": "Count"},
    "role": {"nl": "Rol", "nb": "Rolle", "sv": "Roll", "en": "Role"},
    "save": {"nl": "Opslaan", "nb": "Lagre", "sv": "Spara", "en": "Save"},
    "users": {"nl": "Gebruikers", "nb": "Brukere", "sv": "Användare", "en": "Users"},
    "activate": {
        "nl": "Account activeren",
        "nb": "Aktiver konto",
        "sv": "Aktivera",
        "en": "Activate account",
    },
    "connect.sign_in.email": {"nl": "E-mailadres", "nb": "E-post", "sv": "E-post", "en": "E-mail address"},
    "connect.sign_in.next": {"nl": "Volgende", "nb": "Neste", "sv": "Nästa", "en": "Next"},
    "connect.sign_in.password": {"nl": "Wachtwoord", "nb": "Passord", "sv": "Lösenord", "en": "Password"},
    "connect.sign_in.submit": {"nl": "Inloggen", "nb": "Logg inn", "sv": "Logga in", "en": "Sign in"},
    "connect.two_step.code": {"nl": "Code", "nb": "Kode", "sv": "Kod", "en": "Code"},
    "connect.enroll.later": {"nl": "Later", "nb": "Senere", "sv": "Senare", "en": "Later"},
    "connect.two_step.confirm": {"nl": "Bevestigen", "nb": "Bekreft", "sv": "Bekräfta", "en": "Confirm"},
}

CAST: list[dict[str, Any]] = [
    {"key": "administrator", "first_name": "Anna", "last_name": "Berg", "email": "anna@example.test",
     "password": "secret-1", "totp_secret": "JBSWY3DPEHPK3PXP", "emergency_code": "ABCD-EFGH"},
    {"key": "user", "first_name": "Jan", "last_name": "de Vries", "email": "jan@example.test",
     "password": "secret-2", "totp_secret": None, "emergency_code": None},
]  # fmt: skip

STYLE = """
body{margin:0;font:16px/1.5 sans-serif} header{display:flex;gap:1rem;background:#123;padding:8px}
header *{color:#fff;background:none} main{padding:16px} table{width:100%;border-collapse:collapse}
td,th{border:1px solid #aaa;padding:6px;text-align:left} .tall{height:1500px} .end{text-align:right}
"""


class Sandbox:
    """One sandbox of the fake: what was done in it."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self.events: list[dict[str, Any]] = []
        self.mails: list[dict[str, Any]] = []
        self.queue: list[Callable[[], None]] = []
        self.jobs = "auto"

    def note(self, type_: str, **data: Any) -> None:
        """Write a line in the journal."""
        self.events.append({"id": len(self.events) + 1, "type": type_, "data": data})


class FakePlatform:
    """The server; `base_url` is its address.

    Attributes:
        broken: Texts that the pages show differently from what the manual expects: text → what is shown.
        silent: Event types that are not written, as if the effect was missing.
        on_create: Is told what each new sandbox was asked to be.
        deleted: Names of the sandboxes that were deleted.
    """

    def __init__(self) -> None:
        self.sandboxes: dict[str, Sandbox] = {}
        self.deleted: list[str] = []
        self.broken: dict[str, str] = {}
        self.silent: set[str] = set()
        self.on_create: Callable[[dict[str, Any]], object] = lambda options: None
        platform = self

        class Handler(_Handler):
            """The handler that knows its platform."""

            fake = platform

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.base_url = f"http://localhost:{self._server.server_port}"

    def close(self) -> None:
        """Stop serving; a second time does nothing."""
        if not self._thread.is_alive():
            return
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def note(self, sandbox: Sandbox, type_: str) -> None:
        """Write an event, unless this effect is switched off."""
        if type_ not in self.silent:
            sandbox.note(type_)


class _Handler(BaseHTTPRequestHandler):
    fake: FakePlatform
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer."""
        self._route("GET")

    def do_POST(self) -> None:
        """Answer."""
        self._route("POST")

    def do_PUT(self) -> None:
        """Answer."""
        self._route("PUT")

    def do_DELETE(self) -> None:
        """Answer."""
        self._route("DELETE")

    def _route(self, method: str) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = [unquote(part) for part in parts.path.strip("/").split("/")]
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if path[0] == "_sim":
            self._control(method, path[1:], query, json.loads(body or b"{}"))
        elif path[0] == "s" and path[1] in self.fake.sandboxes:
            form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
            self._page(method, self.fake.sandboxes[path[1]], f"/s/{path[1]}", "/".join(path[2:]), query, form)
        else:
            self._html("<h1>Not found</h1>", 404)

    def _control(self, method: str, path: list[str], query: dict[str, str], body: dict[str, Any]) -> None:
        if path[0] == "health":
            return self._json({"status": "ok", "version": "0"})
        if path[0] == "texts":
            return self._json({key: texts[path[1]] for key, texts in TEXTS.items()})
        if len(path) == 1:
            if body["scenario"] == "nowhere":
                return self._json({"title": "Unprocessable Entity", "detail": "There is no scenario named 'nowhere'.",
                                   "errors": [{"field": "scenario", "message": "there is accountant-nl"}]}, 422)  # fmt: skip
            name = body.get("name") or "sandbox-1"
            if name in self.fake.sandboxes:
                return self._json({"title": "Name taken", "detail": name}, 409)
            self.fake.on_create(body)
            self.fake.sandboxes[name] = Sandbox(body)
            url = f"{self.fake.base_url}/s/{name}"
            return self._json({"name": name, "people": CAST, "url": url, "join_base": f"{url}/~key"}, 201)
        sandbox = self.fake.sandboxes.get(path[1])
        if sandbox is None:
            return self._json({"title": "Not found", "detail": path[1]}, 404)
        what = path[2:]
        if method == "DELETE":
            self.fake.deleted.append(path[1])
            del self.fake.sandboxes[path[1]]
            self.send_response(204)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if what == ["jobs"]:
            sandbox.jobs = body["mode"]
            return self._json({"mode": sandbox.jobs, "jobs": []})
        if what == ["jobs", "run"]:
            while sandbox.queue:
                sandbox.queue.pop(0)()
            return self._json([])
        if what == ["people"]:
            return self._json(CAST)
        if what[-1] == "totp":
            return self._json({"code": "123456", "valid_for": 30})
        if what[-1] == "session":
            return self._json({"cookie": {"name": "fake_session", "value": what[1], "path": f"/s/{path[1]}/"}})
        if what == ["messages"]:
            return self._json([mail for mail in sandbox.mails if query.get("to") in (None, mail["to"])])
        if what == ["events"]:
            return self._json([event for event in sandbox.events if query.get("type") in (None, event["type"])])
        if what == ["check"]:
            types = [event["type"] for event in sandbox.events]
            return self._json([
                {"fact": fact, "holds": fact.get("event") in types, "found": types} for fact in body["facts"]
            ])  # fmt: skip
        return self._json({"title": "Not found"}, 404)

    def _page(
        self, method: str, sandbox: Sandbox, root: str, path: str, query: dict[str, str], form: dict[str, str]
    ) -> None:
        language = sandbox.options["language"]

        def t(key: str) -> str:
            text = TEXTS[key][language]
            return self.fake.broken.get(text, text)

        cookie = self.headers.get("Cookie", "")
        if path in ("connect/login", "connect"):
            return self._sign_in(method, root, form, t, language)
        if path.startswith("mail/"):
            mail = sandbox.mails[int(path.removeprefix("mail/")) - 1]
            frame = escape(mail["html"], quote=True)
            box = f'<iframe title="mail" width="700" height="300" sandbox="allow-top-navigation" srcdoc="{frame}"></iframe>'
            return self._html(f"<h1>{mail['subject']}</h1>{box}", 200, language)
        if path == "activate":
            return self._html("<h1>Welcome</h1>", 200, language)
        if "fake_session" not in cookie:
            return self._html("<h1>Who are you?</h1>", 403, language)
        if path == "home":
            return self._html(
                f'<header><button popovertarget="apps">{t("apps")}</button></header>'
                f'<div id="apps" popover role="menu"><a role="menuitem" href="{root}/settings">{t("settings")}</a></div>'
                f'<main><h1>Home</h1><p><a href="{root}/settings">{t("settings")}</a></p>'
                f'<p><a href="{root}/users">{t("users")}</a></p></main>', 200, language)  # fmt: skip
        if path == "settings":
            rows = "".join(
                f'<tr><td>{name}</td><td class="end"><a href="{root}/usage">{t("usage")}</a> '
                f'<a href="{root}/invoices">{t("invoices")}</a></td></tr>'
                for name in ("Visma.net Expense", "Visma.net AutoInvoice", "Visma.net AutoInvoice Scan")
            )
            return self._html(
                f"<main><h1>{t('settings')}</h1><section aria-label='{t('licences')}'><table>{rows}</table></section>"
                '<div class="tall"></div></main>', 200, language)  # fmt: skip
        if path == "invoices":
            count = TEXTS["found"][language] % {"count": 2}
            return self._html(
                f"<main><h1>{t('invoices')}</h1><label>{t('search')} <input name=q value='abc'></label><p>{count}</p>"
                f"<label><input type=checkbox checked disabled> {t('role')}</label>"
                f'<button aria-expanded="false" onclick="this.setAttribute(\'aria-expanded\', true);'
                f"this.nextElementSibling.hidden = false\">{t('export')}</button>"
                f'<ul hidden><li><a href="{root}/export">Excel</a></li></ul></main>', 200, language)  # fmt: skip
        if path == "export":
            if sandbox.jobs == "manual":
                sandbox.queue.append(lambda: self.fake.note(sandbox, "invoice.exported"))
            return self._excel([["Invoice", "77"], [], [t("type"), t("count")], ["Mail", 3], ["Print", 1102.0]])
        if path == "users":
            return self._users(method, sandbox, root, form, t, language)
        if path == "broken":
            return self._html("<h1>Broken</h1>", 500, language)
        return self._html("<h1>Not found</h1>", 404, language)

    def _users(
        self,
        method: str,
        sandbox: Sandbox,
        root: str,
        form: dict[str, str],
        t: Callable[[str], str],
        language: str,
    ) -> None:
        if method == "POST":
            self.fake.note(sandbox, "user.invited")
            link = f'<a target="_top" href="{root}/activate">{t("activate")}</a>'
            sandbox.mails.append({"id": len(sandbox.mails) + 1, "kind": "mail", "from": "noreply@example.test",
                                  "to": form["email"], "codes": ["424242"], "links": [f"{root}/activate"],
                                  "sent_at": "2022-03-01T09:00:00+01:00", "text": "Hello",
                                  "subject": "Welcome", "html": f"<p>Hello</p><p>{link}</p>"})  # fmt: skip
            self.send_response(303)
            self.send_header("Location", f"{root}/home")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        roles = "".join(f"<option>{role}</option>" for role in ("Reader", "Customer administrator"))
        return self._html(
            f"<main><h1>{t('users')}</h1><form method=post><label>E-mail <input name=email type=email></label>"
            f"<label>{t('role')} <select name=role>{roles}</select></label>"
            f"<label><input type=checkbox name=mail> Mail</label><button>{t('save')}</button></form></main>",
            200, language)  # fmt: skip

    def _sign_in(self, method: str, root: str, form: dict[str, str], t: Callable[[str], str], language: str) -> None:
        person = next((person for person in CAST if person["email"] == form.get("email")), None)
        hidden = f'<input type=hidden name=email value="{form.get("email", "")}">'
        if method == "GET" or person is None:
            step, kind, button, hidden = ("connect.sign_in.email", "email", "connect.sign_in.next", "")
        elif form.get("password") != person["password"]:
            step, kind, button = ("connect.sign_in.password", "password", "connect.sign_in.submit")
        elif person["totp_secret"] and form.get("code") != "123456":
            step, kind, button = ("connect.two_step.code", "code", "connect.two_step.confirm")
            hidden += f'<input type=hidden name=password value="{form["password"]}">'
        else:
            self.send_response(303)
            self.send_header("Set-Cookie", f"fake_session={person['email']}; Path={root}/")
            self.send_header("Location", f"{root}/home")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        field = f"<label>{t(step)} <input name={kind} type={'password' if kind == 'password' else 'text'}></label>"
        return self._html(
            f"<main><h1>Connect</h1><form method=post action='{root}/connect/login'>{hidden}{field}"
            f"<button>{t(button)}</button></form></main>", 200, language)  # fmt: skip

    def _html(self, body: str, status: int = 200, language: str = "en") -> None:
        heading = body.split("<h1>")[1].split("</h1>", maxsplit=1)[0]
        mark = "<footer data-simulator-mark>Simulator</footer>"
        page = (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{heading}</title>'
            f"<style>{STYLE}</style></head><body>{body}{mark}</body></html>"
        )
        self._send(page.encode(), "text/html; charset=utf-8", status)

    def _json(self, value: Any, status: int = 200) -> None:
        self._send(json.dumps(value).encode(), "application/json", status)

    def _excel(self, rows: list[list[Any]]) -> None:
        workbook = openpyxl.Workbook()
        for row in rows:
            workbook.worksheets[0].append(row)
        content = io.BytesIO()
        workbook.save(content)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        self._send(content.getvalue(), kind, 200, "attachment; filename=specification.xlsx")

    def _send(self, content: bytes, kind: str, status: int, disposition: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if disposition:
            self.send_header("Content-Disposition", disposition)
        self.end_headers()
        self.wfile.write(content)
