"""Anything that is sent to a call, a page or a form is answered without an error of the server, and leaves the sandbox whole.

``make test`` sends a few hundred requests, the same each time; ``make fuzz`` sends others for ``MINUTES``, and prints the seed with
which a run that found something is repeated (``make fuzz SEED=…``).
"""

import base64
import json
import os
import sys
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from werkzeug.routing import Rule

from simulator.control.calls import all_calls
from simulator.core.clock import Clock, machine_ticks
from simulator.core.store import Creation
from simulator.documents import ubl
from simulator.documents.registers import access_points
from simulator.products.autoinvoice_api.calls import TABLE as CALLS
from simulator.web.calls.reading import FORM
from simulator.web.calls.table import Call
from tests.conftest import NOW
from tests.documents.invoices import invoice
from tests.fuzz.platform_under_fuzz import NAME, Target, encoded, segment, signed_in, target_of
from tests.fuzz.values import Values
from tests.security.test_csrf import VALUES
from tests.visits import Form, Visitor, forms_on, links_on, store_of

REQUESTS = 20
"""Requests of each kind in the round of ``make test``, on the average."""

IDENTIFIERS = (
    "1",
    "2",
    "3",
    "registered",
    "310000019",
    "0192::310000019",
    "administrator@fjordlys.example",
    "INV1",
    "autoinvoice",
    "nb",
)
QUERIES = (
    "q", "page", "size", "sort", "order", "from", "to", "status", "company", "type", "name", "number", "access_point",
    "columns", "returnUrl", "lang", "join", "other", "answer", "support", "failed", "hold", "group",
)  # fmt: skip
FIRST_PAGES = (
    "/home/", "/connect/?other=1", "/mail/", "/mail/new", "/elma/", "/elma/?q=AS", "/elma/provider", "/autoinvoice/login",
    "/autoinvoice/register", "/autoinvoice/", "/autoinvoice/sent", "/autoinvoice/received", "/admin/users", "/admin/companies",
    "/admin/reports/invoices", "/settings/", "/details/", "/support/people", "/phone/",
)  # fmt: skip
"""Pages at which visitors begin to follow links."""
STEPS = 4


def call(target: Target, values: Values, entry: Call, base: str, **headers: str) -> None:
    """Send a call of a table with any placeholders, query and body."""
    odd = values.once_in(5)
    path = base + entry.path
    for name in [part.partition("}")[0] for part in entry.path.split("{")[1:]]:
        usual = NAME if name == "name" and "delete" not in entry.name else values.pick(IDENTIFIERS)
        path = path.replace(f"{{{name}}}", segment(values.text()) if odd or usual == "name" else segment(usual))
    query = []
    for name, field in entry.query.items():
        if name != "wait" and values.once_in(2):
            value = values.of(field.schema)
            query += [(name, text_of(item)) for item in (value if isinstance(value, list) else [value])]
    if query:
        path += "?" + encoded(query).decode()
    more: dict[str, Any] = {}
    if entry.body is not None:
        body = {name: values.of(field.schema) for name, field in entry.body.items() if field.required or values.once_in(2)}
        if entry.takes == FORM and values.once_in(2):
            data: dict[str, Any] = {name: text_of(value).encode(errors="replace").decode() for name, value in body.items()}
            if "file" in entry.body:
                content = ubl.write(invoice()).replace(b"1001", text_of(values.text()).encode(errors="surrogatepass")[:100])
                data["file"] = (BytesIO(content), "invoice.xml")
            more = {"data": data, "content_type": FORM}
        else:
            sent = values.anything() if values.once_in(10) else body
            more = {"data": text_of_json(sent), "content_type": "application/json"}
    target.send(target.client, entry.method, path, headers=headers, **more)


def text_of(value: Any) -> str:
    """Return a value as a query string or form has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > 10**400:
        return "9" * 4001
    return value if isinstance(value, str) else str(value)


def text_of_json(value: Any) -> bytes:
    """Return a value as a careless program writes it: with NaN, numbers of any length, and half characters."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return json.dumps(value).encode()
    finally:
        sys.set_int_max_str_digits(before)


def control(target: Target, values: Values) -> None:
    """Send a call of the control API."""
    entry = values.pick([entry for entry in all_calls() if entry.name not in ("import_sandbox", "health")])
    call(target, values, entry, "/_sim")


def api(target: Target, values: Values) -> None:
    """Send a call of AutoInvoice's interface."""
    headers = {"Authorization": f"Bearer {target.program.token}"}
    if values.once_in(20):
        headers = {
            "Authorization": values.text().encode("latin-1", "replace").decode("latin-1").replace("\n", "").replace("\r", "")
        }
    call(target, values, values.pick(CALLS), f"/s/{NAME}/autoinvoice/api", **headers)


def elma(target: Target, values: Values) -> None:
    """Send a call of ELMA's interface for access points, or of Peppol's public registers."""
    with store_of(target.platform).open(NAME) as sandbox, sandbox.reading() as db:
        owner = access_points.all_of(db)[0]
        secret = f"{owner.key}:{access_points.password_of(db, owner)}"
    rules = [
        rule for rule in target.platform.all_routes() if "/elma/api" in rule.rule or rule.endpoint.startswith("peppol.")
    ]
    rule = values.pick(rules)
    names = ("countryCode", "organizationNumber", "name", "profileIds", "contact")
    body = text_of_json({name: values.anything() for name in names if values.once_in(2)})
    headers = {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
    method = values.pick(sorted(rule.methods or ()))
    target.send(target.client, method, address(rule, values), headers=headers, data=body, content_type="application/json")


def address(rule: Rule, values: Values) -> str:
    """Return an address of a route with any placeholders and query."""
    path = rule.rule
    for part in [part.partition(">")[0] for part in rule.rule.split("<")[1:]]:
        name = part.rpartition(":")[2]
        usual = VALUES.get(name, values.pick(IDENTIFIERS))
        value = NAME if name == "sandbox" else str(usual) if not values.once_in(3) else values.text()
        path = path.replace(f"<{part}>", segment(value))
    query = [(name, text_of(values.text())) for name in QUERIES if values.once_in(8)]
    return path + ("?" + encoded(query).decode() if query else "")


def page(target: Target, values: Values) -> None:
    """Open a page as any visitor, with any placeholders and query."""
    rules = [rule for rule in target.platform.all_routes() if "GET" in (rule.methods or ()) and "/_sim" not in rule.rule]
    visitor = signed_in(target, values.pick(list(target.visitors)))
    method = values.pick(["GET", "GET", "GET", "HEAD"])
    target.send(visitor.client, method, address(values.pick(rules), values))


def form(target: Target, values: Values) -> None:
    """Follow some links, fill in a form of the page with anything, and send it."""
    visitor = signed_in(target, values.pick(list(target.visitors)))
    path = visitor.path(values.pick(FIRST_PAGES))
    forms, links = look_at(target, visitor, path)
    for _ in range(values.random.randrange(STEPS)):
        if not links:
            break
        forms, links = look_at(target, visitor, values.pick(links))
    if not forms:
        return
    chosen = values.pick(forms)
    changed = {name: text_of(values.text()) for name in chosen.fields if values.once_in(3)}
    filled = [(name, value) for name, value in chosen.values.items(multi=True) if name not in changed] + list(
        changed.items()
    )
    name, value, action = values.pick(chosen.buttons) if chosen.buttons else ("", "", chosen.action)
    if name and name not in changed:
        filled.append((name, value))
    if chosen.method == "get":
        target.send(visitor.client, "GET", action.partition("?")[0] + "?" + encoded(filled).decode())
    else:
        kind = "application/x-www-form-urlencoded"
        target.send(visitor.client, "POST", action, data=encoded(filled), content_type=kind)


def look_at(target: Target, visitor: Visitor, path: str) -> tuple[list[Form], list[str]]:
    """Open a page, and return its forms and links, without those that sign out."""
    answer = target.send(visitor.client, "GET", path)
    if answer is None or answer.status_code != 200 or answer.mimetype != "text/html":
        return [], []
    forms = [form for form in forms_on(answer.text, path) if not form.action.endswith("/sign-out")]
    return forms, [link for link in links_on(answer.text, path) if link.startswith(f"/s/{NAME}/")]


KINDS = (control, api, elma, page, form)


def fuzz(target: Target, number: int, directory: Path, requests: int) -> None:
    """Send a round of requests, drawn by a seed, and check the sandbox afterwards."""
    store = store_of(target.platform)

    values = Values(number)
    for _ in range(requests):
        values.pick(KINDS)(target, values)
    for name in store.names():
        if name != NAME:
            store.delete(name)
    if not store.exists(NAME):
        store.create(NAME, Creation(scenario="company-no", clock=Clock.frozen(NOW), seed="fuzz"))
    target.client.put(f"/_sim/sandboxes/{NAME}/jobs", json={"mode": "auto", "delay_seconds": 0})
    target.client.post(f"/_sim/sandboxes/{NAME}/jobs/run", json={})
    signed_in(target, "administrator")
    target.check_state(directory)


def test_anything_that_is_sent_is_answered_and_leaves_the_sandbox_whole(tmp_path: Path, templates: Path) -> None:
    minutes, first = float(os.environ.get("VNSIM_FUZZ_MINUTES") or "0"), os.environ.get("VNSIM_FUZZ_SEED", "")
    end = machine_ticks() + minutes * 60
    for number in count(int(first) if first else machine_ticks_as_seed() if minutes else 0):
        target = target_of(tmp_path / str(number), templates)
        fuzz(target, number, tmp_path, REQUESTS * len(KINDS) * (10 if minutes else 1))
        faults = "\n".join(dict.fromkeys(target.faults))
        assert not target.faults, f"repeat with: make fuzz SEED={number}\n{faults}"
        if minutes:
            print(f"seed {number}: {target.sent} requests, nothing found", flush=True)
        if machine_ticks() >= end:
            return


def machine_ticks_as_seed() -> int:
    """Return a seed that no earlier run is likely to have had."""
    return int.from_bytes(os.urandom(4))
