"""`impasto.batch`: many paintings from Python."""

import csv
import io
import re

import pytest
from PIL import Image

import impasto
from impasto.batches import Item, batch_of, plan
from impasto.errors import PictureError, UnknownName, UsageError

SMALL = {"size": 32, "levels": 1, "iterations": 1, "backbone": "pocket"}


@pytest.fixture
def photographs(photograph):
    other = photograph.with_name("other.png")
    Image.open(photograph).rotate(180).save(other)
    return [photograph, other]


def test_paintings_come_as_they_are_finished_and_are_kept(photographs, painting, tmp_path):
    out = tmp_path / "out"
    found = list(impasto.batch(photographs, painting, out, **SMALL))
    assert [each.path for each in found] == [
        out / "photo-painting.png", out / "other-painting.png",
    ]  # fmt: skip
    assert all(each.error == "" and each.image.size == (32, 24) for each in found)
    rows = list(csv.DictReader(io.StringIO((out / "paintings.csv").read_text("utf-8"))))
    assert [row["picture"] for row in rows] == ["photo-painting.png", "other-painting.png"]
    assert [float(row["loss"]) for row in rows] == [
        pytest.approx(each.result.losses["total"], rel=1e-5) for each in found
    ]
    times = {path: path.stat().st_mtime_ns for path in out.glob("*.png")}
    (out / "other-painting.png").write_bytes(b"")  # somebody's accident
    with pytest.raises(PictureError, match="is not as a batch has painted it"):
        impasto.batch(photographs, painting, out, **SMALL)
    again = list(impasto.batch(photographs, painting, out, overwrite=True, **SMALL))
    assert {each.path for each in again} == set(times)
    changed = {path for path in times if path.stat().st_mtime_ns != times[path]}
    assert changed == {out / "other-painting.png"}


def test_what_is_finished_is_kept_when_nobody_wants_more(photographs, painting, tmp_path):
    page = tmp_path / "out" / "index.html"
    for _ in impasto.batch(photographs, painting, tmp_path / "out", **SMALL):
        assert 'http-equiv="refresh"' in page.read_text("utf-8")
        break
    assert [path.name for path in (tmp_path / "out").glob("*.png")] == ["photo-painting.png"]
    assert "1 of 2 are finished; the same command goes on" in page.read_text("utf-8")
    assert "http-equiv" not in page.read_text("utf-8")


def test_a_photograph_that_cannot_be_read_stops_no_other(photographs, painting, tmp_path):
    photographs[0].write_bytes(b"no picture")
    first, second = impasto.batch(photographs, painting, tmp_path / "out", **SMALL)
    assert "photo.png" in first.error
    assert second.error == ""
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "1 failed" in page
    assert "http-equiv" not in page


def test_one_that_turns_out_damaged_later_is_an_error_of_its_own(photographs, painting, tmp_path):
    photographs[1].write_bytes(b"no picture")
    first, second = impasto.batch(photographs, painting, tmp_path / "out", **SMALL)
    assert first.error == ""
    assert "other.png" in second.error


def test_where_nothing_can_be_painted_nothing_is(photographs, painting, tmp_path):
    painting.write_bytes(b"no picture")
    with pytest.raises(UsageError, match=r"painting\.jpg"):
        list(impasto.batch(photographs, painting, tmp_path / "out", **SMALL))
    with pytest.raises(UnknownName, match="did you mean 'style_weight'"):
        impasto.batch(photographs, painting, tmp_path / "out", style_wieght=3)


def test_no_photograph_is_overwritten(photographs, painting):
    folder = photographs[0].parent
    with pytest.raises(PictureError, match=r"photo\.png"):
        impasto.batch(photographs, painting, folder, name="{content}.png", **SMALL)


def test_settings_of_one_painting_win_and_spoil_only_that_one(photograph, painting):
    items = [
        Item(str(photograph), (str(painting),), {"style_weight": "3", "preset": "kang"}),
        Item(str(photograph), (str(painting),), {"size": "many"}, name="other"),
    ]
    one, other = batch_of(items, {"tv_weight": 2}, "{content}-{style}.png").cells
    assert one.settings.style_weight == 3
    assert one.settings.tv_weight == 2
    assert other.settings is None
    assert "many" in other.error


def test_names_of_any_length_and_likeness_stay_what_they_are(photograph, painting):
    long = "a" * 120
    items = [Item(str(photograph), (str(painting),), name=name)
             for name in (f"{long}.jpg", "cat.png", "cat.jpg", "a/b.png", "a__b.png")]  # fmt: skip
    cells = batch_of(items, {}, "{content}").cells
    assert [cell.picture for cell in cells] == [item.name for item in items]
    assert len({cell.name for cell in cells}) == 5


def test_what_a_file_cannot_hold_is_said_before_the_work(photograph, painting):
    items = [Item(str(photograph), (str(painting),), {"bits": "16"}, name=name)
             for name in ("a.jpg", "a.png")]  # fmt: skip
    one, other = batch_of(items, {}, "{content}").cells
    assert "bits" in one.error
    assert other.error == ""


def test_a_page_of_somebody_else_is_kept(photographs, painting, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("mine")
    with pytest.raises(PictureError, match=r"index\.html"):
        impasto.batch(photographs, painting, tmp_path / "site", **SMALL)
    assert (tmp_path / "site" / "index.html").read_text() == "mine"


def test_the_forecast_of_one_painting_stands_for_the_others(photograph, painting, tmp_path):
    items = [
        Item(str(photograph), (str(painting),), {"iterations": count}, name=f"{count}")
        for count in ("2", "4")
    ]
    found = plan(batch_of(items, {**SMALL, "iterations": None}, "{content}"), tmp_path)
    short, long = found.runs
    assert long.seconds == pytest.approx(2 * short.seconds)
    assert (short.evaluations, long.evaluations) == (2, 4)


def test_the_page_links_files_beside_it(photographs, painting, tmp_path):
    odd = photographs[0].rename(photographs[0].with_name("eine Katze & 100%.png"))
    out = tmp_path / "out"
    list(impasto.batch(odd, painting, out, name="{style}/{content}", **SMALL))
    page = (out / "index.html").read_text("utf-8")
    (source,) = re.findall(r'<img src="([^"]+)"', page)
    assert source == "painting/eine%20Katze%20%26%20100%25.png"
    assert 'href="../eine%20Katze%20%26%20100%25.png">photograph' in page
    assert (out / "painting" / "eine Katze & 100%.png").is_file()
