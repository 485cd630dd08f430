"""Where the studio can be reached, and by whom: the real one, over HTTP."""

import socket
import time

import pytest

from impasto.job import prepare
from impasto.run import run
from impasto.studio.store import Store
from tests.support.studio import SMALL, serving
from tests.support.studio_client import talking


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="there is no IPv6 here")
def test_it_can_listen_at_ipv6(tmp_path):
    with serving(tmp_path, "--host", "::1") as address, talking(address) as client:
        assert address.startswith("http://[::1]:")
        assert client.http.get("").status_code == 200
        assert client.http.get("", headers={"host": "example.org"}).status_code == 400


def test_another_site_gets_nothing_and_may_show_nothing(tmp_path, painting):
    with serving(tmp_path) as address, talking(address) as client:
        page = client.http.get("")
        assert page.headers["x-frame-options"] == "DENY"
        assert page.headers["x-content-type-options"] == "nosniff"
        for origin in ("https://example.org", "http://127.0.0.1:1", "http://localhost:1", "null"):
            assert client.upload(painting, origin=origin).status_code == 403
            asked = client.http.get("config", headers={"origin": origin})
            assert (asked.status_code, len(asked.content) < 100) == (403, True)
        assert not list((tmp_path / "received").rglob("*.*"))
        assert client.upload(painting, origin=address.rstrip("/")).status_code == 200


def test_after_a_wrong_password_the_next_attempt_waits_whoever_it_says_it_comes_from(tmp_path):
    login = ("--user", "ann")
    with (
        serving(tmp_path, *login, IMPASTO_STUDIO_PASSWORD="correct horse") as address,
        talking(address) as client,
    ):
        began = time.monotonic()
        for password, status in (("wrong", 400), ("wrong too", 400), ("correct horse", 200)):
            sent = {"username": "ann", "password": password}
            named = {"x-forwarded-for": f"192.0.2.{len(password)}"}
            assert client.http.post("login", data=sent, headers=named).status_code == status
        assert time.monotonic() - began >= 3.0


def test_two_people_see_only_their_own_pictures(tmp_path, photograph, painting):
    painted = [*run(prepare(photograph, painting, SMALL))][-1]
    Store(tmp_path / "users" / "ben" / "pictures").add(painted, "ben's", "a" * 32, ("b" * 32,))
    logins, passwords = ("--user", "ann", "--user", "ben"), "correct horse\nbattery staple"
    seen = {}
    with serving(tmp_path, *logins, IMPASTO_STUDIO_PASSWORD=passwords) as address:
        for user, password in zip(("ann", "ben"), passwords.splitlines(), strict=True):
            with talking(address) as client:
                sent = {"username": user, "password": password}
                client.http.post("login", data=sent).raise_for_status()
                loads = [
                    e["id"] for e in client.events() if ["load"] in [t[1:] for t in e["targets"]]
                ]
                seen[user] = "".join(client.send(event, [])[1] for event in loads)
    assert "ben's" not in seen["ann"]
    assert "ben&#x27;s" not in seen["ann"]
    assert "ben&#x27;s" in seen["ben"]
