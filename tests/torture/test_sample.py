"""A sample of the parts that start no commands, of another seed than `make torture` has."""

import pytest

from tests.torture.parts import tried

CASES = {"readers": 150, "settings": 6, "hostile": 20}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the sound files are written once."""
    return tmp_path_factory.mktemp("torture")


@pytest.mark.parametrize("part", CASES)
def test_a_sample_is_read_painted_or_refused_in_a_sentence(part, folder):
    tally = tried(part, folder, seed=2, cases=range(CASES[part]))
    assert not tally.failed
    assert tally.words.total() == CASES[part]
