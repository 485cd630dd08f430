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
            messages.append(record)
            if len(messages) == 1:
                signal.raise_signal(signal.SIGINT)

    def work() -> None:
        pyvips.Image.black(64, 64).resize(0.3).avg()
        time.sleep(30)

    messages: list[logging.LogRecord] = []
    logger = logging.getLogger("pyvips")
    handler = Interrupting()
    logger.addHandler(handler)
    try:
        with caplog.at_level(logging.DEBUG, "pyvips"), heeded(), pytest.raises(KeyboardInterrupt):
            work()
        assert messages
    finally:
        logger.removeHandler(handler)


def test_other_dropped_exceptions_are_told_as_ever(monkeypatch):
    told = []
    monkeypatch.setattr("sys.unraisablehook", told.append)
    with heeded():
        Failing()
    assert [each.exc_type for each in told] == [ValueError]


class Failing:
    def __del__(self) -> None:
        raise ValueError
