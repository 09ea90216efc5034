"""The command `billto`."""

import json
import logging
import os
import socket
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
import uvicorn

from billto import __version__, cli_clock, cli_import, cli_outbox, config, demo, wiring
from billto.app import accounts
from billto.config import Config, WrongSetting
from billto.dialects.codecs import read_iso
from billto.domain.account import Key
from billto.domain.problems import Refused
from billto.domain.scope import Environment
from billto.shell import Fault, id_in, run, with_store
from billto.store.migrate import TooNew
from billto.web import metrics

app = typer.Typer(
    help="Keeps whom you bill, for which of your companies, and what they owe.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
account_app = typer.Typer(help="Accounts: who runs companies here.", no_args_is_help=True)
key_app = typer.Typer(help="Keys: what opens an account or one of its entities.", no_args_is_help=True)
app.add_typer(account_app, name="account")
app.add_typer(key_app, name="key")
app.add_typer(cli_import.import_app, name="import")
app.add_typer(cli_import.export_app, name="export")
app.add_typer(cli_outbox.outbox_app, name="outbox")
app.command()(cli_outbox.worker)
app.command()(cli_clock.clock)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main() -> None:
    """Runs a command: a wrong setting is one line and status 2, a refusal one line and status 1."""
    # What goes wrong is said once, in the command's own line; `serve` sets up a log of its own.
    logging.getLogger("billto").addHandler(logging.NullHandler())
    try:
        app()
    except WrongSetting as wrong:
        sys.exit(_said(f"billto: {wrong}", 2))
    except (Fault, TooNew) as fault:
        sys.exit(_said(f"billto: {fault}", 1))
    except Refused as refused:
        sys.exit(_said(f"billto: {refused.told}", 1))


def _said(line: str, status: int) -> int:
    print(line, file=sys.stderr)  # noqa: T201
    return status


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that serve.")] = None,
) -> None:
    """Serve the API and its reference."""
    # The serving processes read their settings themselves, so what was said here goes the same way.
    for name, value in (("HOST", host), ("PORT", port), ("WORKERS", workers)):
        if value is not None:
            os.environ[f"{config.PREFIX}{name}"] = str(value)
    _serve(config.read())


def _serve(settings: Config) -> None:
    _check_address(settings)
    if settings.database_url.path is not None:
        run(wiring.migrate(settings))
    _greet(settings)
    if settings.workers > 1:
        _share_metrics(settings)
    uvicorn.run(
        "billto.wiring:server",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http="billto.web.protocol:Protocol",
        ws="none",
        lifespan="on",
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=10,
    )


def _check_address(settings: Config) -> None:
    """Raises WrongSetting when nothing can listen there: uvicorn would say so after the greeting."""
    where = (settings.host, settings.port)
    try:
        ((family, kind, _, _, address), *_) = socket.getaddrinfo(*where, type=socket.SOCK_STREAM)
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WrongSetting(
            f"cannot listen on {settings.host}:{settings.port}, {reason}: choose another with BILLTO_HOST and"
            " BILLTO_PORT, or --host and --port"
        ) from None


def _greet(settings: Config) -> None:
    wiring.log()
    log = logging.getLogger("billto")
    for name in config.unknown():
        log.warning("%s is not a setting and has no effect", name)
    where = f"http://{settings.host}:{settings.port}"
    log.info("serving on %s, keeping in %s", where, settings.database_url.shown)


def _share_metrics(settings: Config) -> None:
    """An empty folder in which the processes count together."""
    folder = settings.home / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink()
    os.environ[metrics.FOLDER] = str(folder)


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    settings = config.read()
    done = run(wiring.migrate(settings))
    for migration in done:
        typer.echo(f"{migration.number:04} {migration.title}")
    typer.echo(f"{settings.database_url.shown} is up to date.")


@app.command()
def doctor() -> None:
    """Check the database against its invariants; exit status 1 when one is broken."""
    findings = run(wiring.examine(config.read()))
    for finding in findings:
        typer.echo(f"{'ok    ' if not finding.faults else 'BROKEN'} {finding.invariant}")
        for fault in finding.faults:
            typer.echo(f"       {fault}")
    if any(finding.faults for finding in findings):
        raise Fault("the database breaks its invariants")


@app.command(name="demo")
def demo_(
    serve: Annotated[bool, typer.Option("--serve", help="Serve afterwards.")] = False,
) -> None:
    """Make demonstration data (once) and show how to reach them."""
    settings = config.read()
    file = settings.home / "demo.json"
    known = demo.known(file)
    shown = with_store(lambda store: demo.prepare(store, known), settings)
    demo.remember(file, shown)
    address, can_mail = f"http://{settings.host}:{settings.port}", settings.mail is not None
    for line in demo.lines(shown, address, can_mail):
        typer.echo(line)
    if serve:
        sys.stdout.flush()
        _serve(settings)


@account_app.command(name="create")
def account_create(name: Annotated[str, typer.Argument(help="Its name.")], as_json: AsJson = False) -> None:
    """Make an account with a live key and a sandbox key; their secrets are shown this once."""

    async def make(tx: Any) -> dict[str, str]:
        account = await accounts.create(tx, name)
        made = {"account_id": f"acc_{account.id}"}
        for environment in Environment:
            new = await accounts.create_key(tx, account.id, environment.value)
            made[f"{environment.value}_key"] = new.token
        return made

    _show(with_store(lambda store: store.write(make)), as_json=as_json)


@account_app.command(name="list")
def account_list(as_json: AsJson = False) -> None:
    """List the accounts."""
    found = with_store(lambda store: accounts.all_of_them(store.reader), existing=True)
    rows = [
        {"account_id": f"acc_{one.id}", "name": one.name, "created_at": _when(one.created_at)}
        for one in found
    ]
    _show_all(rows, as_json=as_json)


@key_app.command(name="create")
def key_create(
    account: Annotated[str, typer.Option(help="The account that it opens.")],
    entity: Annotated[str | None, typer.Option(help="The only entity that it opens.")] = None,
    environment: Annotated[Environment, typer.Option(help="live or sandbox.")] = Environment.LIVE,
    read_only: Annotated[bool, typer.Option("--read-only", help="It may only read.")] = False,
    expires: Annotated[
        str | None, typer.Option(help="A moment (2027-01-31T12:00Z), or from now on: 90d, 12h, 30m.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key; its secret is shown this once."""
    until = _moment(expires) if expires else None

    async def make(tx: Any) -> accounts.NewKey:
        of = id_in(entity, "an entity") if entity else None
        return await accounts.create_key(
            tx, id_in(account, "an account"), environment.value,
            entity_id=of, name=name, read_only=read_only, expires_at=until,
        )  # fmt: skip

    new = with_store(lambda store: store.write(make))
    _show({"id": f"key_{new.key.id}", "key": new.token}, as_json=as_json)


@key_app.command(name="list")
def key_list(
    account: Annotated[str | None, typer.Option(help="Only this account's.")] = None, as_json: AsJson = False
) -> None:
    """List the keys, without their secrets."""
    of = id_in(account, "an account") if account else None
    found = with_store(lambda store: accounts.keys(store.reader, of), existing=True)
    _show_all([_shown(key) for key in found], as_json=as_json)


@key_app.command(name="revoke")
def key_revoke(
    key: Annotated[str, typer.Argument(help="The key's id, as shown by key list.")], as_json: AsJson = False
) -> None:
    """Revoke a key: half a second later it opens nothing any more, in any process."""
    id_ = id_in(key, "a key")
    revoked = with_store(lambda store: store.write(lambda tx: accounts.revoke_key(tx, id_)), existing=True)
    _show(_shown(revoked), as_json=as_json)


def _when(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _shown(key: Key) -> dict[str, str | None]:
    return {
        "id": f"key_{key.id}",
        "key": f"{key.hint}…",
        "account_id": f"acc_{key.account_id}",
        "entity_id": f"ent_{key.entity_id}" if key.entity_id else None,
        "environment": key.environment,
        "name": key.name,
        "access": "read" if key.read_only else "read and write",
        "created_at": _when(key.created_at),
        "expires_at": _when(key.expires_at),
        "revoked_at": _when(key.revoked_at),
    }


_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def _moment(text: str) -> datetime:
    number, unit = text[:-1], text[-1:]
    try:
        moment = (
            wiring.clock() + timedelta(**{_UNITS[unit]: int(number)}) if unit in _UNITS else read_iso(text)
        )
    except (Refused, ValueError, OverflowError):
        raise Fault(
            f"{text!r} is no moment (2027-01-31T12:00Z) and no time from now (90d, 12h, 30m)"
        ) from None
    if moment <= datetime.now(UTC):
        raise Fault(f"{text!r} is in the past")
    return moment


def _show(values: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(values, indent=2))
        return
    width = max(map(len, values))
    for name, value in values.items():
        if value is not None:
            typer.echo(f"{name.ljust(width)}  {value}")


def _show_all(rows: list[dict[str, str | None]], *, as_json: bool) -> None:
    """Rows under the names of their columns."""
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    if not rows:
        typer.echo("There are none.")
        return
    lines = [list(rows[0]), *([value or "–" for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        typer.echo("  ".join(map(str.ljust, line, widths)).rstrip())
