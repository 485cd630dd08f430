"""Who may reach the page, before anything is served."""

import socket
import subprocess
import sys

import pytest

from impasto.errors import UsageError
from impasto.studio import address, launch
from impasto.studio.address import (
    Address,
    check_password,
    check_users,
    free_port,
    is_local,
    known_passwords,
)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.3.2.1"])
def test_this_machine_needs_no_login(host):
    assert is_local(host)
    check_users(host, [])


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org"])
def test_others_need_a_login(host):
    assert not is_local(host)
    with pytest.raises(UsageError, match="give --user NAME"):
        check_users(host, [])
    check_users(host, ["ann"])


def test_a_short_password_is_refused():
    with pytest.raises(UsageError, match="8 characters or more"):
        check_password("1234567")
    assert check_password("12345678") == "12345678"


@pytest.mark.parametrize("users", [["../x"], [""], ["a b"], ["ann", "Ann"]])
def test_a_name_is_that_of_a_folder_and_of_one_person(users):
    with pytest.raises(UsageError, match="--user"):
        check_users("0.0.0.0", users)


def test_passwords_are_taken_line_by_line_and_the_others_asked_for():
    users = ["ann", "ben"]
    assert known_passwords(users, "") == {}
    assert known_passwords(users, "password-1") == {"ann": "password-1"}
    assert known_passwords(users, "password-1\npassword-2\n")["ben"] == "password-2"
    with pytest.raises(UsageError, match="3 lines and there are 2 names"):
        known_passwords(users, "password-1\npassword-2\npassword-3")
    with pytest.raises(UsageError, match="8 characters"):
        known_passwords(users, "short")


def test_a_port_that_is_taken_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} .*choose another with --port"):
            free_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_answered_with_a_sentence():
    with pytest.raises(UsageError, match="cannot listen at"):
        free_port("192.0.2.1", None)


def test_what_is_exposed_is_said():
    words = address.exposed(Address("0.0.0.0", 80, {"ann": "secret-word"}), launch.default_folder())
    assert "not encrypted" in words
    assert "'ann'" in words
    assert "secret-word" not in words


def test_without_gradio_the_command_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(launch.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match='pip install "gradio'):
        launch.check_installed()


def test_importing_the_command_imports_no_gradio():
    code = "import sys, impasto.cli.studio; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
