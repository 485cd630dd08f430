"""Ctrl-C and a request to end reach the work, whatever they come into."""

import logging
import signal
import time

import pytest
import pyvips

from impasto.__main__ import heeded, terminate


class Dying:
    """An object at whose end a signal comes: what a finalizer raises nobody can catch."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __del__(self) -> None:
        signal.raise_signal(self.number)


@pytest.fixture
def handlers():
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, terminate)
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.mark.parametrize(
    ("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)]
)
def test_a_signal_that_came_where_nothing_can_be_caught_comes_again(handlers, number, raised):
    survived = []

    def work() -> None:
        Dying(number)  # dropped at once
        survived.append(True)
        time.sleep(30)

    with heeded(), pytest.raises(raised):
        work()
    assert survived


def test_ctrl_c_inside_a_message_of_libvips_is_not_lost(handlers, caplog):
    class Interrupting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage().startswith("VIPS: ") and not messages:
                messages.append(record)
                signal.raise_signal(signal.SIGINT)

    def work() -> None:
        pyvips.Image.black(64, 64).resize(0.3).avg()
        survived.append(True)
        time.sleep(30)

    messages: list[logging.LogRecord] = []
    survived: list[bool] = []
    logger, handler = logging.getLogger("pyvips"), Interrupting()
    logger.addHandler(handler)
    try:
        with caplog.at_level(logging.DEBUG, "pyvips"), heeded(), pytest.raises(KeyboardInterrupt):
            work()
    finally:
        logger.removeHandler(handler)
    assert messages
    assert survived


def test_a_program_that_ends_has_no_interruption_to_come(handlers):
    with heeded():
        Dying(signal.SIGINT)
    time.sleep(0.1)  # nothing is raised here


def test_other_dropped_exceptions_are_told_as_ever(monkeypatch):
    told = []
    monkeypatch.setattr("sys.unraisablehook", told.append)
    with heeded():
        Failing(ValueError())
        Failing(SystemExit(3))
    assert [each.exc_type for each in told] == [ValueError, SystemExit]


class Failing:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __del__(self) -> None:
        raise self.error
