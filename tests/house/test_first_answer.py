"""What a server has imported when it gives its first answer: its start-up time and its idle memory are little else."""

import json
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

import seed
from simulator.app import CONTROL, ENDING_SERVICES, JOBS, PRODUCTS, Platform, create_app
from simulator.billing.products import PRODUCTS as PRODUCTS_WITH_LICENCES
from simulator.billing.products import Kind
from simulator.control.calls import all_calls
from simulator.core.clock import machine_now
from simulator.core.jobs.registry import KINDS, MODULES, ROBOTS
from simulator.directory.activation import BEFORE_ACTIVATION, WHEN_ACTIVATED
from simulator.directory.roles import SERVICES
from simulator.documents.accounts import accounts
from simulator.documents.exchange import scanning
from simulator.settings import Settings

LIBRARIES = {
    "blinker",
    "click",
    "flask",
    "flask_login",
    "itsdangerous",
    "jinja2",
    "markupsafe",
    "sqlalchemy",
    "typing_extensions",
    "waitress",
    "werkzeug",
}
"""The only packages from elsewhere that a server imports before its first answer."""

MODULES_OF_OURS = (
    "simulator.app",
    "simulator.bodies",
    "simulator.cli",
    "simulator.commands.options",
    "simulator.http_server",
    "simulator.lock",
    "simulator.server",
    "simulator.settings",
    "simulator.stopping",
    "simulator.control.calls",
    "simulator.control.damage",
    "simulator.control.guard",
    "simulator.control.guesses",
    "simulator.control.health",
    "simulator.control.long_poll",
    "simulator.web.problem_documents",
    "simulator.control.table",
    "simulator.core.*",
    "simulator.directory.activation",
    "simulator.directory.password_profile",
    "simulator.directory.roles",
    "simulator.products.*.product",
    "simulator.products.admin.permissions",
    "simulator.products.autoinvoice_api.event_names",
    "simulator.products.openid.webhook_events",
    "simulator.core.hosts",
    "simulator.web.*",
    "seed.creation",
    "seed.cache",
    "seed.catalogue",
)
"""The only modules of ours: nothing of documents and billing, and of a product no more than what it says about itself."""

SERVER = '''
import json, sys
from pathlib import Path

imported_by = {}


class Recorder:
    """Notes which modules were being imported when another one was."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        chain, frame = [], sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_name == "<module>":
                chain.append(frame.f_globals["__name__"])
            frame = frame.f_back
        imported_by.setdefault(name, chain[::-1])


sys.meta_path.insert(0, Recorder)
import simulator.cli
from simulator import server
from simulator.settings import Settings

settings = Settings(data_dir=Path(sys.argv[1]))
app, _ = server._prepare(settings, lambda line: None)
server._http_server(app, server.listen("localhost", 0), settings)
assert app.test_client().get("/_sim/health").status_code == 200
print(json.dumps({name: imported_by.get(name, []) for name in sys.modules}))
'''


@pytest.fixture(scope="module")
def imported(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return the modules that a server has imported at its first answer, each with the modules that import it in turn."""
    ready = seed.template_for(templates)("accountant-nl", machine_now())
    directory = tmp_path_factory.mktemp("first")
    (directory / "templates").mkdir()
    shutil.copy(ready, directory / "templates" / ready.name)
    output = subprocess.run([sys.executable, "-c", SERVER, directory], check=True, capture_output=True, text=True).stdout
    modules: dict[str, list[str]] = json.loads(output)
    return modules


def test_no_further_library_is_imported_before_the_first_answer(imported: dict[str, list[str]]) -> None:
    crept_in = {
        name: chain
        for name, chain in imported.items()
        if "." not in name
        and name not in sys.stdlib_module_names | LIBRARIES | {"simulator", "seed"}
        and not name.startswith("_sysconfigdata")
        # The environment itself may start Python with others.
        and any(importer.startswith(("simulator", "seed")) for importer in chain)
    }
    assert not crept_in, "\n".join(f"{name} is imported by {' > '.join(chain)}" for name, chain in crept_in.items())


def test_no_further_module_of_ours_is_imported_before_the_first_answer(imported: dict[str, list[str]]) -> None:
    ours = {name for name in imported if name.split(".")[0] in ("simulator", "seed")}
    packages = {name.rpartition(".")[0] for name in ours}
    crept_in = [name for name in ours - packages if not any(fnmatchcase(name, pattern) for pattern in MODULES_OF_OURS)]
    assert not crept_in, "\n".join(f"{name} is imported by {' > '.join(imported[name])}" for name in crept_in)


def test_the_kinds_of_jobs_are_named_with_the_modules_that_register_them(platform: Platform) -> None:
    platform.load_all()
    registered = {kind: job.work.__module__ for kind, job in KINDS.items() if job.work.__module__.startswith("simulator.")}
    assert {kind: module for kind, module in MODULES.items() if module.startswith("simulator.")} == registered
    assert {kind for kinds in JOBS.values() for kind in kinds} <= registered.keys()


def test_what_is_connected_late_is_what_its_module_connects(platform: Platform) -> None:
    assert ROBOTS == {scanning.DOMAIN: "scan.arrive"}
    assert WHEN_ACTIVATED[accounts.SERVICE] == accounts.open_new_account
    assert set(WHEN_ACTIVATED) == {accounts.SERVICE, *ENDING_SERVICES}
    assert set(BEFORE_ACTIVATION) == {*ENDING_SERVICES, *(item.service for item in PRODUCTS_WITH_LICENCES if item.service)}
    codes = {product.code for product in PRODUCTS_WITH_LICENCES if product.kind is not Kind.TRANSACTION}
    assert set(ENDING_SERVICES) == codes & set(SERVICES) - {"webfaktura"}


def test_the_first_page_of_each_product_is_a_route_of_it(platform: Platform) -> None:
    rules = {rule.rule: rule.endpoint for rule in platform.all_routes() if "GET" in (rule.methods or ())}
    for product in PRODUCTS.all:
        if not product.programs:
            endpoint = rules[f"{product.blueprint.prefix}/{product.start}"]
            assert endpoint.split(".")[0] == product.blueprint.name


def test_every_route_of_a_product_is_below_the_paths_that_load_it(platform: Platform) -> None:
    blueprints = [*(product.blueprint for product in PRODUCTS.all), *CONTROL]
    below = {
        path: blueprint.name for blueprint in blueprints for path in blueprint.paths if blueprint.prefix.startswith("/s/")
    }
    for rule in platform.all_routes():
        path = rule.rule.removeprefix("/s/<sandbox>/")
        if rule.rule.startswith("/s/") and rule.endpoint != "front_door":
            longest = max((beginning for beginning in below if f"{path}/".startswith(f"{beginning}/")), key=len)
            assert rule.endpoint.split(".")[0] == below[longest], rule.rule


def test_a_path_of_the_control_api_loads_every_call_that_is_there(tmp_path: Path) -> None:
    whole = create_app(Settings(data_dir=tmp_path))
    whole.load_all()
    for path in {"/_sim" + re.sub("{[^}]*}", "x", call.path) for call in all_calls()}:
        app = create_app(Settings(data_dir=tmp_path))
        app.endpoint_at(path, "GET")
        here, expected = ({*of.url_map.bind("localhost").allowed_methods(path)} for of in (app, whole))
        assert here == expected and here, path


def test_a_sandbox_is_created_without_importing_other_calls(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path))
    assert app.test_client().post("/_sim/sandboxes", json={"scenario": "none"}).status_code == 422
    assert set(app.blueprints) == {"control", "control.sandboxes"}


def test_a_product_is_registered_by_its_first_request_and_no_other(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path))
    client = app.test_client()
    assert client.get("/_sim/health").status_code == 503
    assert client.get("/s/nobody/elma/").status_code == 404
    assert set(app.blueprints) == {"health", "elma"}


def test_the_address_of_a_page_of_a_product_that_nobody_has_visited_is_known(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path))
    with app.test_request_context("/"):
        assert app.url_for("phone.phones", sandbox="mine") == "/s/mine/phone/"
