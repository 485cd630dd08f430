"""Messages, whatever was put into them."""

import pytest

from impasto.errors import PictureError, UnknownName, UsageError, explain, look_up, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, with ö and 日本", "plain, with ö and 日本"),
        ("spaces\u00a0\u3000stay", "spaces\u00a0\u3000stay"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b2J", "\\x9b2J"),
        ("two\nlines\r\t", "two\\nlines\\r\\t"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("half \ud800", "half \\ud800"),
    ],
)
def test_printable_escapes_what_a_terminal_obeys(text, shown):
    assert printable(text) == shown
    for error in (UsageError(text), PictureError(text)):
        assert str(error) == shown
    assert explain(ValueError(text)).replace("\u00a0", "").replace("\u3000", "").isprintable()


def test_long_values_are_cut_and_the_remedy_stays():
    error = PictureError(f"'{'a' * 100_000}' is missing: check the path.")
    assert len(str(error)) < 2100
    assert str(error).endswith("is missing: check the path.")
    with pytest.raises(UnknownName) as caught:
        look_up({"lbfgs": 1}, "b" * 100_000, "optimizer")
    assert str(caught.value).endswith("It must be one of lbfgs.")
