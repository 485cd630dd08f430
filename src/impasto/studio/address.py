"""Where the page is, and who may reach it."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from impasto.errors import UsageError

PASSWORD = "IMPASTO_STUDIO_PASSWORD"
"""The environment variable that the password is taken from."""

SHORTEST = 8
"""Characters of a password."""

USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
"""Names of users: folders are called so."""

PORTS = 20
"""How many ports are tried after the usual one."""

USUAL_PORT = 7860


@dataclass(frozen=True)
class Address:
    """Where the page is, and who may come in.

    Attributes:
        host: The address that is listened at.
        port: Likewise.
        logins: Names to log in with, each with its password; without any, nobody has to.
    """

    host: str
    port: int
    logins: Mapping[str, str] = field(default_factory=dict)

    @property
    def local(self) -> bool:
        """Whether only this machine reaches it."""
        return is_local(self.host)

    @property
    def url(self) -> str:
        """What to type into a browser on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://{bracketed(host)}:{self.port}/"


def bracketed(host: str) -> str:
    """Return a host as it stands in an address of the web: one of IPv6 has brackets.

    Example:
        >>> bracketed("::1")
        '[::1]'
    """
    return f"[{host}]" if ":" in host else host


def is_local(host: str) -> bool:
    """Tell whether an address is reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_users(host: str, users: Sequence[str]) -> None:
    """Refuse to be reached by others without a login, and names that are not one's own.

    Raises:
        UsageError: If there is none, or one is given twice, or cannot be a folder's name.
    """
    for number, user in enumerate(users):
        if not USER.fullmatch(user):
            raise UsageError(
                f"--user is '{user}': a name has letters, digits, '-' and '_', and at most 40."
            )
        if user.lower() in map(str.lower, users[:number]):
            raise UsageError(f"--user {user} is given twice: everyone needs a name of their own.")
    if not is_local(host) and not users:
        raise UsageError(
            f"--host {host} lets other machines reach the studio: give --user NAME, too, and a "
            f"password when asked or in {PASSWORD}."
        )


def check_password(password: str) -> str:
    """Return a password that is long enough.

    Raises:
        UsageError: If it is not.
    """
    if len(password) < SHORTEST:
        raise UsageError(f"the password is too short: it must have {SHORTEST} characters or more.")
    return password


def free_port(host: str, wanted: int | None) -> int:
    """Return the port asked for, or the first free one from the usual one on.

    Raises:
        UsageError: If it is taken, or the address is not this machine's.
    """
    tried = [wanted] if wanted is not None else list(range(USUAL_PORT, USUAL_PORT + PORTS))
    reason = ""
    for port in tried:
        try:
            found = bound(host, port)
            return bound("127.0.0.1", found)  # Gradio wants it free there, too
        except (OSError, OverflowError) as error:
            reason = str(getattr(error, "strerror", None) or error)
    ports = f"{tried[0]}" if wanted is not None else f"{tried[0]} to {tried[-1]}"
    raise UsageError(
        f"the studio cannot listen at {host}, port {ports} ({reason}): choose another with --port."
    )


def bound(host: str, port: int) -> int:
    """Return the port that can be listened at; raises OSError if it cannot be."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return int(probe.getsockname()[1])


def known_passwords(users: Sequence[str], text: str) -> dict[str, str]:
    """Return the passwords of users that a text has, one a line in their order.

    Raises:
        UsageError: If one is too short, or there are more than users.

    Example:
        >>> known_passwords(["ann", "ben"], "first-secret")
        {'ann': 'first-secret'}
    """
    given = text.splitlines()
    if len(given) > len(users):
        raise UsageError(
            f"{PASSWORD} has {len(given)} lines and there are {len(users)} names: give one "
            "--user for each."
        )
    return dict(zip(users, map(check_password, given), strict=False))


def exposed(address: Address, folder: Path) -> str:
    """Return what others can reach, for the one who lets them."""
    names = " or ".join(f"'{user}'" for user in address.logins)
    return (
        f"Every machine that reaches {address.host}, port {address.port}, can log in as "
        f"{names}. Who does can see and delete their own pictures and uploads in {folder}, and "
        "use this machine to paint. The connection is not encrypted: put a proxy with HTTPS "
        "before it, or use it in a network that you trust."
    )
