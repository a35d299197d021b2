"""The server: listens, prepares the sandbox ``default``, says that it is ready, answers until it is told to stop.

Start-up time is a headline of this project: this module imports nothing heavy before it listens, and the garbage collector rests
until the first answer was given.
"""

import errno
import gc
import json
import logging
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from simulator.lock import InUse, NotWritable, holding, make_writable
from simulator.settings import DEFAULT, LOOPBACK, SERVER_FILE, Certificate, Settings
from simulator.stopping import Stop

if TYPE_CHECKING:
    from simulator.app import Platform
    from simulator.core.store import Store
    from simulator.http_server import HttpServer

TRIES_FOR_A_PORT = 20

_M_ARENA_MAX = -8
"""A parameter of ``mallopt``, from glibc's ``malloc.h``: how many heaps there are at most."""

HOUSEKEEPING = 60.0
"""Seconds between two looks for sandboxes that have expired."""
LAST_HOUSEKEEPING = 0.2
LAST_JOBS = 1.2
"""Seconds that housekeeping, and the jobs at hand, may take once the server stops."""
FIRST_ANSWER = 0.2
"""Seconds that are left to the first answer before anything is done in the background."""

Say = Callable[[str], object]


class CannotServe(Exception):
    """The server cannot start; the text is one sentence for people."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the command line asked for.

    Attributes:
        settings: as told; port 0 takes a free one.
        ephemeral: keep nothing.
        ready_file: where to write, once the server is ready, its address, port and process id as JSON.
        lifeline: a port of this machine to connect to; the server stops when the connection ends.
        smtp_port: where mails of tested applications are taken; 0 takes a free port, None takes none.
        network: serve others too, with a token that is kept and the address of this machine, where none was given.
        own_certificate: speak TLS with a certificate by this server's own authority.
    """

    settings: Settings
    ephemeral: bool = False
    ready_file: Path | None = None
    lifeline: int | None = None
    smtp_port: int | None = None
    network: bool = False
    own_certificate: bool = False


def serve(plan: Plan, stop: Stop, say: Say = print) -> None:
    """Serve until told to stop.

    Raises:
        CannotServe: the port, the host, the data directory, the scenario or what is in the data directory does not allow it.
    """
    if plan.network:
        check_public_address(plan.settings.public_url)
    else:
        check_network(plan.settings)
    if plan.lifeline is not None:
        _hold_lifeline(plan.lifeline, stop)
    with ExitStack() as stack:
        with stop.interrupting():
            server, app, lines = _start(plan, stack, say)
            from simulator.core.jobs.execution import give_back_running
        worker, limiter = app.extensions["worker"], app.extensions["control.long_poll"]
        stack.callback(_keep_house(app))
        for reaction in (worker.claim_no_more, limiter.close, server.stop):
            stop.then(reaction)
        stop.before_the_limit(give_back_running)
        for line in lines:
            say(line)
        # Returns when told to stop, after the calls at hand have been answered.
        server.run()
        worker.stop(stop.seconds_left(LAST_JOBS))


def _start(plan: Plan, stack: ExitStack, say: Say) -> tuple["HttpServer", "Platform", list[str]]:
    """Listen, and put everything together.

    Args:
        plan: what to serve.
        stack: takes what has to be done at the end.
        say: prints a line.

    Returns:
        The server, the platform and what to say when it is ready.
    """
    gc.disable()
    stack.callback(gc.enable)
    sockets = listen(plan.settings.host, plan.settings.port)
    for listener in sockets:
        stack.callback(listener.close)
    directory = _ephemeral_directory(stack) if plan.ephemeral else plan.settings.data_dir
    settings = replace(plan.settings, port=sockets[0].getsockname()[1], data_dir=directory)
    stack.enter_context(_held(directory))
    settings = _for_others(plan, settings)
    try:
        settings.templates_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CannotServe(f"{settings.templates_dir} cannot be made: {error.strerror or error}.") from None
    app, lines = _prepare(settings, say)
    if plan.network:
        from simulator.network import lines_for_the_room

        lines[-1:-1] = lines_for_the_room(settings)
    server = _http_server(app, sockets, settings)
    ports = {"port": settings.port}
    if plan.smtp_port is not None:
        ports["smtp_port"] = _start_smtp(plan.smtp_port, app, stack)
        lines.insert(-1, f"Mail by SMTP: {settings.host}:{ports['smtp_port']}; the user name is that of a sandbox")
    stack.enter_context(_announced(settings))
    if plan.ready_file is not None:
        stack.callback(_write_ready_file(plan.ready_file, settings, ports))
    return server, app, lines


def _for_others(plan: Plan, settings: Settings) -> Settings:
    """Return the settings with what the plan leaves to this machine: its address, a token, a certificate."""
    if plan.own_certificate:
        from simulator.certificates import FOLDER, own_certificate

        # Its files are written below, once the address is certain, which begins with https because of it.
        files = settings.data_dir / FOLDER
        settings = replace(settings, certificate=Certificate(chain=files / "server.pem", key=files / "server.key"))
    if plan.network:
        from simulator.network import settings_for_network

        settings = settings_for_network(settings)
    if plan.own_certificate:
        from simulator.network import names_of

        settings = replace(settings, certificate=own_certificate(settings.data_dir, names_of(settings)))
    return settings


def check_network(settings: Settings) -> None:
    """Refuse to be reached over a network by everybody.

    A public address counts as a network: behind a proxy every visitor comes from this machine.

    Raises:
        CannotServe: the host or the public address is not this machine, and there is no control token; or it is no address that
            pages can have.
    """
    public_host = check_public_address(settings.public_url)
    if public_host and public_host not in LOOPBACK and not settings.control_token:
        raise CannotServe(
            f"At {settings.public_url} everybody could steer this server: set a token with --control-token "
            "(or VNSIM_CONTROL_TOKEN), or leave --public-url out to serve this machine only."
        )
    if not settings.on_loopback and not settings.control_token:
        raise CannotServe(
            f"On {settings.host} everybody on the network could steer this server: set a token with --control-token "
            "(or VNSIM_CONTROL_TOKEN), or leave --host out to serve this machine only."
        )


def check_public_address(address: str | None) -> str:
    """Refuse a public address that pages cannot have: they are at the root of a host.

    Returns:
        Its host, in lower case; empty when there is no public address.

    Raises:
        CannotServe: it is no address of HTTP, or names a person, a path, a query or a fragment.
    """
    if address is None:
        return ""
    try:
        parts = urlsplit(address)
        # Asking for the port raises if it is none.
        host = parts.hostname if parts.port is None or parts.port else None
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or re.search(r"[^!-~]", address):
        raise CannotServe(f"{address} is no address; write one such as https://simulator.example.")
    root = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    if address.partition(":")[2].removesuffix("/") != root.partition(":")[2]:
        raise CannotServe(
            f"The simulator cannot be reached at {address}: its pages need a host of their own, without a path. "
            f"Write {root}, and let the proxy pass the requests for that host on with their paths unchanged."
        )
    return host


def listen(host: str, port: int, option: str = "--port") -> list[socket.socket]:
    """Listen on a host; on both loopback addresses, with the same port, for ``localhost``.

    Args:
        host: a name or an address.
        port: the port; 0 takes a free one.
        option: what chooses another port.

    Raises:
        CannotServe: the port is in use, may not be taken, or the host is not of this machine.
    """
    for attempt in range(TRIES_FOR_A_PORT):
        try:
            return _listen_once(host, port)
        except socket.gaierror:
            raise CannotServe(f"This machine has no address for the host {host!r}; choose another with --host.") from None
        except OSError as error:
            if port == 0 and error.errno == errno.EADDRINUSE and attempt < TRIES_FOR_A_PORT - 1:
                continue
            raise CannotServe(_why_not(host, port, error, option)) from None
    raise AssertionError


def _listen_once(host: str, port: int) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    try:
        for family, address in _addresses(host):
            try:
                sockets.append(_socket(family, address, port))
            except OSError as error:
                missing = error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
                if not (missing and family == socket.AF_INET6 and sockets):
                    raise
            # The second address of localhost takes the same port as the first.
            port = sockets[0].getsockname()[1]
    except OSError:
        for listener in sockets:
            listener.close()
        raise
    return sockets


def _addresses(host: str) -> list[tuple[int, str]]:
    if host == "localhost":
        return [(socket.AF_INET, "127.0.0.1"), *([(socket.AF_INET6, "::1")] if socket.has_ipv6 else [])]
    addresses = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((int(family), str(address[0])) for family, _, _, _, address in addresses))


def _socket(family: int, address: str, port: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((address, port))
        made.listen(1024)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made


def _why_not(host: str, port: int, error: OSError, option: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is in use already: stop what listens there, or choose another with {option} "
            "(0 takes a free one)."
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} on {host} may not be taken by this user; choose one above 1023 with {option}."
    return f"Port {port} on {host} cannot be listened on: {error.strerror or error}."


@contextmanager
def _held(directory: Path) -> Iterator[None]:
    """Make the data directory and hold it, so that no second process serves it.

    Raises:
        CannotServe: it cannot be written, or another process holds it.
    """
    try:
        make_writable(directory)
        with holding(directory):
            yield
    except (InUse, NotWritable) as error:
        raise CannotServe(str(error)) from None


def _ephemeral_directory(stack: ExitStack) -> Path:
    from tempfile import TemporaryDirectory

    return Path(stack.enter_context(TemporaryDirectory(prefix="vnsim-", ignore_cleanup_errors=True)))


def _prepare(settings: Settings, say: Say) -> tuple["Platform", list[str]]:
    """Put the platform together with its sandbox ``default``.

    Returns:
        The platform, and what to say when it is ready.
    """
    # Flask-WTF would import Babel for nothing: what it wants Babel for needs Flask-Babel, which is not here.
    sys.modules.setdefault("flask_wtf.i18n", None)  # type: ignore[arg-type]
    from simulator.app import create_app
    from simulator.control.damage import DAMAGE, reason

    app = create_app(settings)
    store: Store = app.extensions["store"]
    try:
        if not store.exists(DEFAULT):
            _make_default(store, app.extensions["scenarios"], settings, say)
        return app, _ready_lines(store, settings)
    except DAMAGE as error:
        raise CannotServe(
            f"The sandbox {DEFAULT!r} in {settings.data_dir} cannot be opened. {reason(error)} Remove it with "
            f"'vnsim sandbox delete {DEFAULT} --data-dir {settings.data_dir}', or choose another directory."
        ) from None


def _make_default(store: "Store", scenarios: Any, settings: Settings, say: Say) -> None:
    from simulator.core.clock import Clock
    from simulator.core.errors import AlreadyExists, BadInput, NotFound
    from simulator.core.store import Creation

    if not any(settings.templates_dir.glob("*.sqlite")):
        say(f"Preparing the scenario {settings.scenario}; this is done once and takes a few seconds.")
    try:
        name, text = _scenario(scenarios, settings.scenario)
        begins = scenarios.now_of(name, text)
        clock = Clock.running(begins) if begins else Clock.live()
        store.create(DEFAULT, Creation(scenario=name, scenario_text=text, clock=clock))
    except NotFound as error:
        raise CannotServe(f"{error} 'vnsim scenario list' shows those there are.") from None
    except BadInput as error:
        raise CannotServe(f"The scenario {settings.scenario} is not right: {error}") from None
    except AlreadyExists:
        return


def _scenario(scenarios: Any, scenario: str) -> tuple[str, str | None]:
    """Return name and text of a scenario that is named or a file; no text for one that comes with the simulator.

    Raises:
        NotFound: there is no scenario of that name.
        BadInput: its file is not right.
    """
    from simulator.core.companions import companion

    seed = companion("seed")
    if seed.is_path(scenario):
        return seed.read_own(Path(scenario))  # type: ignore[no-any-return]
    return scenario, scenarios.text_of(scenario)


def _ready_lines(store: "Store", settings: Settings) -> list[str]:
    """Return what to say when the platform is ready: where, as whom, and where the code is.

    Names tables and columns instead of importing the mapped classes, which is left for after the start.
    """
    from sqlalchemy import column, select, table

    from simulator import __version__

    lines = [
        f"vnsim {__version__}, a simulator with made-up data, not affiliated with Visma",
        f"Ready at {settings.base_address}/",
    ]
    columns: Iterator[Any] = (column(name) for name in ("id", "key", "email", "first_name", "last_name", "totp_secret"))
    people, notes = table("person", *columns).c, table("note", column("person_id"), column("password")).c
    query = select(*people, notes.password).where(notes.person_id == people.id, people.key == "administrator")
    with store.open(DEFAULT) as sandbox, sandbox.reading() as db:
        person = db.execute(query).first()
        join = f"?join={db.head.join_key}" if settings.control_token else ""
    if person is not None and person.password is not None:
        name, address = f"{person.first_name} {person.last_name}", sandbox.base_address
        lines.append(f"Sign in at {address}/{join} as {person.email} ({name}), password {person.password}")
        if person.totp_secret is not None:
            lines.append(f"The code is on the phone: {address}/phone/{person.id}{join}")
    if settings.control_token:
        lines.append("The lobby and the control API ask for the control token; a sandbox opens with its join link only.")
    if not settings.on_loopback and settings.public_url is None:
        lines.append("Addresses say localhost: tell with --public-url how this machine is reached from elsewhere.")
    return [*lines, "Stop with Ctrl-C."]


def _http_server(app: "Platform", sockets: list[socket.socket], settings: Settings) -> "HttpServer":
    from simulator.http_server import HttpServer, TooFewFiles, UnusableCertificate

    _use_a_single_malloc_arena()
    try:
        return HttpServer(app, sockets, settings)
    except (TooFewFiles, UnusableCertificate) as error:
        raise CannotServe(str(error)) from None


def _use_a_single_malloc_arena() -> None:
    """Let all threads of this process share one heap, where the C library is glibc.

    It would give each of the first dozen threads a heap of its own, and what one thread frees no other takes up: that is
    5 of 64 MB after ten pages. Python's threads take turns anyhow, so nothing is lost.
    """
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def _hold_lifeline(port: int, stop: Stop) -> None:
    """Stop when the connection to a port of this machine ends, with which the process that started this one ended.

    Raises:
        CannotServe: nobody listens there.
    """
    try:
        connection = socket.create_connection(("127.0.0.1", port), 5)
    except OSError:
        raise CannotServe(
            f"Nobody listens on port {port}, so this server would stop at once; leave --lifeline out."
        ) from None
    connection.settimeout(None)

    def watch() -> None:
        with connection, suppress(OSError):
            while connection.recv(1):
                continue
        stop.request()

    Thread(target=watch, name="lifeline", daemon=True).start()


def _start_smtp(port: int, app: "Platform", stack: ExitStack) -> int:
    """Take mails by SMTP until the server stops, and return the port.

    Raises:
        CannotServe: the port cannot be listened on.
    """
    settings: Settings = app.extensions["settings"]
    sockets = listen(settings.host, port, "--smtp-port")
    for listener in sockets:
        stack.callback(listener.close)
    from simulator.smtp_listener import SmtpListener

    listener_of_mail = SmtpListener(app.extensions["store"], settings, sockets)
    listener_of_mail.start()
    stack.callback(listener_of_mail.stop)
    return int(sockets[0].getsockname()[1])


def _write_ready_file(path: Path, settings: Settings, ports: dict[str, int]) -> Callable[[], None]:
    """Write where the server answers, in one step; return what removes the file again.

    Raises:
        CannotServe: it cannot be written.
    """
    about = {"url": settings.base_address, **ports, "pid": os.getpid()}
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        fresh.write_text(json.dumps(about) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise CannotServe(f"{path} cannot be written: {error.strerror or error}.") from None
    return lambda: path.unlink(missing_ok=True)


@contextmanager
def _announced(settings: Settings) -> Iterator[None]:
    """Write down in the data directory that it is served, and by whom, for commands that want to go through the server."""
    path = settings.data_dir / SERVER_FILE
    reached_at = "localhost" if settings.host in (*LOOPBACK, "0.0.0.0", "::") else settings.host
    about = {
        "url": f"{settings.scheme}://{reached_at}:{settings.port}",
        "pid": os.getpid(),
        "token_needed": settings.control_token is not None,
    }
    if settings.certificate is not None:
        about["certificate"] = str(settings.certificate.chain.absolute())
    fresh = path.with_name(f"{SERVER_FILE}.{os.getpid()}")
    fresh.write_text(json.dumps(about) + "\n", encoding="utf-8")
    fresh.replace(path)
    try:
        yield
    finally:
        if _server_pid(path) == os.getpid():
            path.unlink(missing_ok=True)


def _server_pid(path: Path) -> int | None:
    try:
        return int(json.loads(path.read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep_house(app: "Platform") -> Callable[[], None]:
    """Do in the background what need not be done before the first answer: take jobs, map classes, remove what is left over.

    Returns:
        A function that stops it.
    """
    from threading import Event, Thread

    from sqlalchemy.orm import configure_mappers

    from simulator.control.expiry import remove_expired

    stop = Event()
    store: Store = app.extensions["store"]

    def keep() -> None:
        if stop.wait(FIRST_ANSWER):
            return
        app.extensions["worker"].start()
        configure_mappers()
        # What is there now stays: no later collection has to look at it again.
        gc.collect()
        gc.freeze()
        gc.enable()
        with logged("left-over files could not be removed"):
            store.tidy()
        while not stop.wait(HOUSEKEEPING):
            with logged("expired sandboxes could not be removed"):
                remove_expired(store)

    thread = Thread(target=keep, name="housekeeping", daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join(LAST_HOUSEKEEPING)

    return end


@contextmanager
def logged(what: str) -> Iterator[None]:
    """Write an error into the log and go on."""
    try:
        yield
    except Exception:
        logging.getLogger(__name__).exception(what)
