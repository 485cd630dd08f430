"""A delay after wrong passwords, so that they cannot be guessed one after another."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import OrderedDict
from dataclasses import dataclass, field

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_DELAY = 30.0
"""Seconds between two attempts, at most."""

MOST_WAITING = 3
"""Attempts from one address that wait for their turn; more are refused."""

MOST_ADDRESSES = 1000
"""Addresses that are remembered; beyond it, the one not seen for longest is forgotten."""


@dataclass(eq=False)
class Attempts:
    """What has been tried from an address.

    Attributes:
        wrong: How many passwords were wrong since the last right one.
        waiting: How many attempts are under way.
        turn: Held by the attempt that is being made: they are made one after another.
    """

    wrong: int = 0
    waiting: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def delay(self) -> float:
        """Seconds before the next attempt: none at first, then 1, 2, 4 and so on."""
        return min(2.0 ** min(self.wrong - 1, 10), LONGEST_DELAY) if self.wrong else 0.0


class LoginDelay:
    """Lets every attempt to log in wait, the longer the more have failed from its address."""

    def __init__(self, app: ASGIApp) -> None:
        """Keep who checks passwords."""
        self.app = app
        self.known: OrderedDict[str, Attempts] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        is_login = scope["type"] == "http" and scope["path"].rstrip("/") == "/login"
        if not is_login or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        attempts = self.of(network(scope["client"][0] if scope.get("client") else ""))
        if attempts.waiting >= MOST_WAITING:
            refusal = PlainTextResponse("Too many attempts.", 429)
            await refusal(scope, receive, send)
            return
        attempts.waiting += 1
        try:
            async with attempts.turn:
                await asyncio.sleep(attempts.delay)
                await self.app(scope, receive, counted(attempts, send))
        finally:
            attempts.waiting -= 1

    def of(self, address: str) -> Attempts:
        """Return what has been tried from an address."""
        found = self.known.setdefault(address, Attempts())
        self.known.move_to_end(address)
        if len(self.known) > MOST_ADDRESSES:
            self.known.popitem(last=False)
        return found


def network(address: str) -> str:
    """Return the network that a single person may have: of IPv6 a /64, else the address.

    Example:
        >>> network("2001:db8::17")
        '2001:db8::/64'
    """
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False))


def counted(attempts: Attempts, send: Send) -> Send:
    """Return how to send the answer to an attempt, which is counted."""

    async def forward(message: Message) -> None:
        if message["type"] == "http.response.start":
            attempts.wrong = 0 if message["status"] < 400 else attempts.wrong + 1
        await send(message)

    return forward
