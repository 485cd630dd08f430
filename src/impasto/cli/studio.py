"""The command that opens the studio, a page where people paint."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from impasto.interruption import INTERRUPTION, complain

GLANCE = 0.2
"""Seconds between two looks at whether to close. A wait without end hears no Ctrl-C on Windows."""


@click.command()
@click.option("--port", type=int, help="The port of the page.  [default: 7860, or the next free]")
@click.option("--folder", help="Where pictures are kept.  [default: the user's data folder]")
@click.option("--host", default="127.0.0.1", help="The address to listen at.  [default: 127.0.0.1]")
@click.option("--user", "users", multiple=True, help="Ask for this name and a password, which "
              "IMPASTO_STUDIO_PASSWORD has or you are asked for; give it again for another person "
              "(passwords: one a line), whose pictures are apart.")  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Open no browser.")
def studio(
    port: int | None, folder: str | None, host: str, users: tuple[str, ...], no_browser: bool
) -> None:
    """Open a page in your browser where you paint; Ctrl-C ends it and keeps the picture so far.

    Only this machine can reach the page, unless --host says otherwise.
    """
    from impasto.studio import address as addresses
    from impasto.studio import launch

    launch.check_installed()
    addresses.check_users(host, users)
    logins = addresses.known_passwords(
        users, os.environ.get(addresses.PASSWORD, "") if users else ""
    )
    for user in users[len(logins) :]:
        logins[user] = addresses.check_password(ask_password(user))
    address = addresses.Address(host, addresses.free_port(host, port), logins)
    place = Path(folder).expanduser() if folder else launch.default_folder()
    with launch.serve(place.absolute(), address) as url:
        INTERRUPTION.heeded = True
        if not address.local:
            complain(addresses.exposed(address, place))
        click.echo(url)
        if not no_browser:
            click.launch(url)
        while not INTERRUPTION.has_come():
            time.sleep(GLANCE)
    INTERRUPTION.leave()


def ask_password(user: str) -> str:
    """Ask for the password of a user; its letters are not shown."""
    with INTERRUPTION.prompt():
        return str(click.prompt(f"Password of {user}", hide_input=True))
