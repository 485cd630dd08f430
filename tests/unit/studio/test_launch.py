"""Who may reach the page, before anything is served."""

import socket
import subprocess
import sys

import pytest

from impasto.errors import UsageError
from impasto.studio import address, launch
from impasto.studio.address import Address, check_host, check_password, free_port, is_local


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.3.2.1"])
def test_this_machine_needs_no_login(host):
    assert is_local(host)
    check_host(host, None)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org"])
def test_others_need_a_login(host):
    assert not is_local(host)
    with pytest.raises(UsageError, match="give --user NAME"):
        check_host(host, None)
    check_host(host, "ann")


def test_a_short_password_is_refused():
    with pytest.raises(UsageError, match="8 characters or more"):
        check_password("1234567")
    assert check_password("12345678") == "12345678"


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
    words = address.exposed(Address("0.0.0.0", 80, "ann", "secret-word"), launch.default_folder())
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
