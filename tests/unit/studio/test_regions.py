"""From strokes to masks: what corresponds to what, sentences that help, files that stay."""

import numpy as np
import pytest

from impasto import images
from impasto.controls.masks import regions
from impasto.errors import PictureError, UsageError
from impasto.images import Picture
from impasto.job.recipe import Recipe
from impasto.job.recipe import SourceFile as Recorded
from impasto.studio.regions import MaskFolder, Masks, to_masks, told
from impasto.studio.strokes import sent
from tests.support.studio import SMALL, wait_for


def painted(*columns: int) -> np.ndarray:
    """Strokes in upright stripes of some colors."""
    return np.repeat(np.array([columns], np.uint8), 10, axis=1).repeat(30, axis=0)


RED, GREEN, BOTH, BLUE = painted(1, 0, 0), painted(0, 2, 0), painted(1, 2, 0), painted(3, 0, 0)


def found(content, *styles):
    """Return the regions that a painting would be made with."""
    masks = [[Picture(mask) for mask in each] for each in to_masks(content, styles)]
    blank = Picture(np.zeros((30, 30, 3), np.float32))
    return regions(*masks, blank, [blank] * len(styles))


def test_nothing_painted_is_no_mask():
    assert to_masks(None, [None, None]) == ((), ())


@pytest.mark.parametrize("strokes", [RED, GREEN, BLUE])
def test_a_single_region_takes_all_paintings_whatever_its_color(strokes):
    (region,) = found(strokes, None, None)
    assert np.array_equal(region.content, (strokes > 0).astype(np.float32))
    assert region.styles == {0: None, 1: None}


def test_a_single_region_takes_the_same_color_of_each_painting():
    (region,) = found(RED, BOTH, RED)
    assert all(np.array_equal(region.styles[at], RED > 0) for at in (0, 1))


def test_several_regions_take_one_painting_each():
    assert [region.styles for region in found(BOTH, None, None)] == [{0: None}, {1: None}]


def test_the_same_colors_correspond():
    swapped = painted(2, 1, 0)
    red, green = found(BOTH, swapped)
    assert np.array_equal(red.content, BOTH == 1)
    assert np.array_equal(red.styles[0], swapped == 1)
    assert np.array_equal(green.styles[0], swapped == 2)


@pytest.mark.parametrize(
    ("content", "styles", "sentence"),
    [
        (None, [RED], "none on the photograph"),
        (BOTH, [None], "2 regions (red, green) and there is 1 painting"),
        (BOTH, [None] * 3, "there are 3 paintings"),
        (RED, [BLUE], "painting 1 has no red"),
        (BOTH, [BOTH, None], "painting 2 has no red or green"),
        (BOTH, [RED], "there is green on the photograph and on no painting"),
    ],
)
def test_what_has_no_counterpart_is_said_before_and_when_it_is_painted(content, styles, sentence):
    with pytest.raises(UsageError) as refused:
        to_masks(content, styles)
    assert sentence in str(refused.value)
    assert sentence[1:] in told(content, styles)


def test_what_is_understood_is_told():
    assert told(None, [None]).startswith("Nothing is painted")
    assert told(RED, [None]) == "Restyled: red (33 %). The rest stays the photograph."
    rest = np.where(np.arange(30 * 30).reshape(30, 30) < 3, 4, RED)
    assert "too little yellow" in told(rest.astype(np.uint8), [None])


def test_a_mask_is_found_by_its_name_and_by_its_hash_only(tmp_path):
    folder = MaskFolder(tmp_path / "masks")
    ((mask,), _) = to_masks(RED, [None])
    file = folder.keep(mask)
    assert folder.keep(mask) == file == folder.find(file.stem)
    assert folder.recorded(Recorded.of_file(file)) == file
    assert [each.name for each in folder.folder.iterdir()] == [file.name]
    for name in ("../masks/" + file.stem, "a" * 32, "", None, 3):
        with pytest.raises(PictureError, match="paint them again"):
            folder.find(name)


def brush(studio, tab, strokes, at=1.0):
    studio.brush(tab, 0, tab.content.name, sent(strokes), at)


def test_regions_stay_with_the_picture_at_every_size_and_come_back_with_it(studio, pair):
    tab = studio.tabs.of("a")
    tab.put(0, pair[0])
    tab.put(1, pair[1])
    strokes = np.zeros((48, 64), np.uint8)
    strokes[:, 40:] = 2
    brush(studio, tab, strokes)
    studio.worker.start()
    values = {"size": 48, "iterations": 12}
    for ask in (studio.paint, lambda *all: studio.resume(tab, values, larger=True)):
        task = ask(tab, values, [1] * 4)
        wait_for(lambda task=task: task.state.final)
        tab.advance()
        picture = images.read(studio.store.picture(task.entry)).rgb
        before = images.read(pair[0].path).rgb
        before = images.resize(before, *picture.shape[1::-1]).clip(0, 1)
        width = picture.shape[1]
        change = np.abs(picture - before)
        assert change[:, : width // 2].max() < 0.01
        assert change[:, -width // 4 :].mean() > 0.02
    other = studio.tabs.of("b")
    assert "and the pictures" in studio.restore(other, studio.store.recipe(task.entry))
    assert np.array_equal(other.strokes[0] > 0, strokes > 0)
    studio.vary(other, values, [1] * 4)
    assert {task.masks for task in other.sheet} == {Masks(task.masks.content)}
    studio.stop(other)


def test_masks_that_are_gone_are_told(studio, pair, ask):
    recipe = Recipe(SMALL, None, (), content_masks=(Recorded("/etc/passwd", "0" * 64),))
    assert "not all here" in studio.restore(studio.tabs.of("a"), recipe)


def test_strokes_of_another_picture_or_of_earlier_are_left_out(studio, pair):
    tab = studio.tabs.of("a")
    tab.put(0, pair[0])
    brush(studio, tab, RED, at=5.0)
    brush(studio, tab, GREEN, at=4.0)
    studio.brush(tab, 0, pair[1].name, sent(BLUE), 9.0)
    assert np.array_equal(tab.strokes[0], RED)
    tab.put(0, pair[0])
    assert np.array_equal(tab.strokes[0], RED)
    tab.put(0, pair[1])
    assert tab.strokes[0] is None


@pytest.mark.parametrize(("place", "at"), [("0", 1), (9, 1), (-1, 1), (None, 1), (0, None)])
def test_strokes_for_no_place_are_refused(studio, place, at):
    with pytest.raises(PictureError):
        studio.brush(studio.tabs.of("a"), place, "x", sent(RED), at)
