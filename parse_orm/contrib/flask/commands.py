"""`flask sessions`: what an operator does with sessions at a prompt."""

import click
import flask
from flask.cli import AppGroup

from ...web.admin import SessionAdmin
from ...web.store import SessionStore

sessions = AppGroup("sessions", help="List, revoke and clean up web sessions.")


def _store() -> SessionStore:
    store: SessionStore = flask.current_app.extensions["parse_orm.sessions"].store
    return store


@sessions.command("list")
@click.argument("user_id")
def list_sessions(user_id: str) -> None:
    """List the sessions of a user."""
    for info in SessionAdmin(_store()).list_for_user(user_id):
        click.echo(f"{info.id}  {info.last_active_at:%Y-%m-%d %H:%M}  {info.device_name}  {info.ip_address}")


@sessions.command("revoke")
@click.argument("user_id")
@click.option("--parse/--no-parse", default=True, help="End the logins on the Parse Server too.")
def revoke(user_id: str, parse: bool) -> None:
    """End every session of a user."""
    click.echo(f"{SessionAdmin(_store(), parse=parse).end_for_user(user_id)} sessions ended")


@sessions.command("gc")
def gc() -> None:
    """Delete expired sessions."""
    click.echo(f"{_store().gc()} expired sessions deleted")
