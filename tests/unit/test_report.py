"""Contact sheet, page and table."""

import csv
import io
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from impasto import images
from impasto.errors import UsageError
from impasto.extras import install
from impasto.settings import SPECS
from impasto.sweeps.axes import make_sweep
from impasto.sweeps.cells import CellResult
from impasto.sweeps.report import charts
from impasto.sweeps.report.charts import CSS_VARIABLES, loss_chart
from impasto.sweeps.report.comparison import averages, read_other
from impasto.sweeps.report.lettering import font, readable, wrap
from impasto.sweeps.report.pictures import Gallery, over_white
from impasto.sweeps.report.sheet import Sheet
from impasto.sweeps.report.table import COLUMNS
from impasto.sweeps.report.writing import NAMES, Report
from impasto.sweeps.sampling import sampled
from impasto.sweeps.store import make_folder, picture_file

SCRIPT = (Path(charts.__file__).parent / "templates" / "report.js").read_text("utf-8")
EVIL = "a<b>&'quote\".png"
COLORS = [(0.8, 0.1, 0.1), (0.1, 0.7, 0.2), (0.1, 0.2, 0.9)]


class Tags(HTMLParser):
    """Collects tags, text and attributes of a page."""

    VOID = frozenset({"img", "meta", "line", "polyline"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.open, self.words = [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def report(tmp_path, photograph, painting):
    """A sweep of six cells: three done, one failed, two not there yet."""
    evil = tmp_path / EVIL
    evil.write_bytes(painting.read_bytes())
    sweep = make_sweep(
        str(photograph), [str(evil)], {"size": "64"}, ["style_weight=1,100", "tv_weight=0,1,3"]
    )
    folder = tmp_path / "out"
    make_folder(folder, NAMES, sweep)
    results = []
    for cell, color in zip(sweep.cells, COLORS, strict=False):
        images.write(picture_file(folder, cell), np.full((48, 64, 3), color, np.float32))
        curve = {"evaluation": [1.0, 2.0, 3.0], "total": [9.0, 3.0, 1.0], "style": [8.0, 2.0, 0.0]}
        losses = {"total": 1.0, "style": 0.9, "tv": 0.1}
        results.append(CellResult(cell, "", losses, 3, 0.25, (64, 48), curve))
    results.append(CellResult(sweep.cells[3], error="bad <script>alert(1)</script> & 'worse'."))
    written = Report(sweep, folder, results)
    written.write()
    return written


def page(report) -> str:
    return (report.folder / "report.html").read_text(encoding="utf-8")


def test_the_page_is_whole_and_needs_nothing_else(report):
    tags = Tags(page(report))
    assert tags.open == []
    assert not re.search(r"""(?:src|href|url\()\s*=?\s*["']?(?:https?:)?//""", page(report))
    assert len(tags.all("script")) == 1  # its comforts: what it is made of is in the package
    assert not tags.all("link")
    for image in tags.all("img"):
        assert image["src"].startswith("data:image/jpeg;base64,")
        assert "alt" in image
    for link in tags.all("a"):
        assert link["href"].startswith("#cell-") or (report.folder / link["href"]).exists()


def test_what_users_named_is_escaped(report):
    text = page(report)
    assert text.count("<script") == 1
    text = text.replace(f"<script>\n{SCRIPT.rstrip()}</script>", "")
    assert "<script" not in text
    assert "a<b>" not in text
    words = " ".join(Tags(text).words)
    assert "bad <script>alert(1)</script> & 'worse'." in words
    assert EVIL.replace("'", "'\"'\"'") in words  # as a shell wants it


def test_every_picture_opens_by_a_button_and_can_be_closed(report):
    tags = Tags(page(report))
    targets = {found["id"] for found in tags.all("div") if "popover" in found}
    buttons = [found for found in tags.all("button") if "popovertarget" in found]
    openers = [b["popovertarget"] for b in buttons if "popovertargetaction" not in b]
    closers = [b["popovertarget"] for b in buttons if "popovertargetaction" in b]
    assert len(targets) == 3
    assert set(openers) == set(closers) == targets
    assert len(tags.all("svg")) == 3
    assert [found["scope"] for found in tags.all("th") if "scope" in found].count("row") == 2


def test_sheet_and_page_tell_where_a_run_ended_before_its_evaluations(report):
    assert "ended after" not in page(report)
    results = list(report.results.values())
    early = replace(results[0], evaluations=717, planned=800, memory=3.2e8)
    assert early.ending == "ended after 717 of 800 evaluations"
    assert early.cost == "717 evaluations, 0.2 s, 320 MB"
    plain = Sheet(report.sweep, report.results, report.gallery).draw()
    results = {**report.results, early.cell.name: early}
    longer = Sheet(report.sweep, results, report.gallery).draw()
    assert longer.height > plain.height
    said = Report(report.sweep, report.folder, list(results.values()))
    said.write()
    assert early.ending in page(said)


def test_costs_stand_below_the_cells_of_a_sheet_that_compares_them(report):
    plain = Sheet(report.sweep, report.results, report.gallery).draw()
    costs = Sheet(replace(report.sweep, costs=True), report.results, report.gallery).draw()
    assert costs.height > plain.height


def test_the_page_tells_how_far_the_sweep_is(report):
    words = " ".join(Tags(page(report)).words)
    assert "3 of 6 cells painted, 1 failed" in words
    assert words.count("not painted yet") == 2
    assert words.count("impasto paint ") == 3


def test_the_table_has_a_row_for_every_cell(report):
    rows = list(csv.DictReader(io.StringIO((report.folder / "cells.csv").read_text("utf-8"))))
    assert [row["cell"] for row in rows] == [cell.name for cell in report.sweep.cells]
    assert set(SPECS) < set(rows[0]) == set(COLUMNS)
    assert [row["style_weight"] for row in rows] == ["1"] * 3 + ["100"] * 3
    assert [row["tv_weight"] for row in rows] == ["0", "1", "3"] * 2
    first, failed, missing = rows[0], rows[3], rows[4]
    assert (first["loss"], first["loss_style"], first["loss_content"]) == ("1", "0.9", "")
    assert (first["evaluations"], first["seconds"]) == ("3", "0.25")
    assert (report.folder / first["picture"]).exists()
    assert failed["error"].startswith("bad <script>")
    assert (failed["picture"], missing["picture"], missing["error"]) == ("", "", "")
    assert first["command"].startswith("impasto paint ")


def test_the_sheet_shows_every_cell_at_its_place(report):
    with Image.open(report.folder / "contact-sheet.png") as picture:
        sheet = np.asarray(picture.convert("RGB")).astype(float) / 255
    places = []
    for color in COLORS:
        rows, columns = np.nonzero(np.abs(sheet - color).max(axis=2) < 0.01)
        assert len(rows) > 1000
        places.append((rows.mean(), columns.mean()))
    assert len({round(row) for row, _ in places}) == 1
    assert [column for _, column in places] == sorted(column for _, column in places)
    pink = np.abs(sheet - np.array([0xFB, 0xE3, 0xE0]) / 255).max(axis=2) < 0.01
    assert np.nonzero(pink)[0].mean() > places[0][0]  # the failed cell is in the second row
    assert (sheet.min(axis=2) < 0.3).sum() > 200  # there are letters


def test_the_sheet_is_paper_to_its_end(report):
    """What is cropped beyond a picture is black."""
    with Image.open(report.folder / "contact-sheet.png") as picture:
        assert (np.asarray(picture.convert("RGB"))[-10:] == 255).all()


def test_nothing_is_written_again_without_a_change(report):
    file = report.folder / "report.html"
    file.unlink()
    report.write()
    assert not file.exists()
    report.add(report.results[report.sweep.cells[0].name])
    report.write()
    assert file.exists()


@pytest.mark.parametrize("count", [1, 7])
def test_one_axis_is_wrapped(tmp_path, photograph, painting, count):
    values = ",".join(map(str, range(count)))
    sweep = make_sweep(str(photograph), [str(painting)], {}, [f"seed={values}"])
    make_folder(tmp_path, NAMES, sweep)
    Report(sweep, tmp_path).write()
    assert (
        len(re.findall("not painted yet", page_text := (tmp_path / "report.html").read_text()))
        == count
    )
    assert page_text.count("<tr>") == (2 if count == 1 else 4)


def test_three_axes_are_sections(tmp_path, photograph, painting):
    axes = ["size=32,48", "seed=1,2,3", "optimizer=adam,lbfgs"]
    sweep = make_sweep(str(photograph), [str(painting)], {}, axes)
    make_folder(tmp_path, NAMES, sweep)
    Report(sweep, tmp_path).write()
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert text.count("<section>") == 2
    assert "<h2>size 48</h2>" in text
    with Image.open(tmp_path / "contact-sheet.png") as sheet:
        assert sheet.height > sheet.width


def test_lines_are_no_wider_than_allowed():
    letters = font(14)
    for text in ("relu1_1,relu2_1,relu3_1,relu4_1", "a" * 80, "few words here", ""):
        lines = wrap(text, letters, 80)
        assert all(letters.getlength(line) <= 80 for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_letters_that_the_font_lacks_are_replaced(monkeypatch):
    monkeypatch.setattr("impasto.sweeps.report.lettering.SYSTEM_FONTS", ())
    assert readable("Café, Straße 中 relu1_1", font(14, "é")) == "Cafe, Stra?e ? relu1_1"


@pytest.mark.parametrize("fonts", [(), ("DejaVuSans.ttf",)])
def test_a_title_is_in_letters_of_its_font(monkeypatch, tmp_path, photograph, painting, fonts):
    monkeypatch.setattr("impasto.sweeps.report.lettering.SYSTEM_FONTS", fonts)
    sweep = make_sweep(str(photograph), [str(painting)], {}, ["size=32,48", "seed=1,2"])
    sheet = Sheet(sweep, {}, Gallery(tmp_path))
    title = "size × seed" if "DejaVu" in str(sheet.heading.getname()) else "size ? seed"
    assert sheet.title == title


CURVE = {"evaluation": [1.0, 2.0, 3.0], "total": [10.0, 0.5, 0.01], "tv": [0.0, float("nan"), 0.0]}


def test_a_chart_takes_zeros_and_has_whole_decades_and_the_colors_of_the_page():
    svg = loss_chart("a", CURVE)
    assert svg.startswith("<svg")
    words = re.findall(r"<text[^>]*>([^<]*)<", svg)
    assert {"0.01", "0.1", "1", "10", "total", "tv", "evaluation"} <= set(words)
    assert svg.count("var(--total)") > 1
    assert not any(color in svg for color in CSS_VARIABLES)


@pytest.mark.parametrize(
    "curve",
    [
        {},
        {"evaluation": [1.0], "total": [1.0]},
        {"evaluation": [1.0, 2.0], "total": [0.0, float("nan")]},
        {"evaluation": [1.0, 2.0], "total": [float("inf"), -1.0]},
    ],
)
def test_what_makes_no_curve_has_no_chart(curve):
    assert loss_chart("a", curve) == ""


def test_losses_of_a_power_of_ten_and_tiny_ones_have_an_axis():
    assert ">10<" in loss_chart("a", {"evaluation": [1.0, 2.0], "total": [1.0, 1.0]})
    tiny = {"evaluation": [1.0, 2.0], "total": [1.0, 1.0], "tv": [1e-30, 1e-30]}
    ticks = [float(words) for words in re.findall(r">([\d.e-]+)</text>", loss_chart("a", tiny))]
    assert 1e-6 <= min(ticks) < 1e-3


def test_a_chart_is_the_same_each_time_whatever_the_users_style_is():
    import matplotlib

    first = loss_chart("a", CURVE)
    assert loss_chart("b", CURVE) != first  # nothing in a page is named twice
    with matplotlib.rc_context({"axes.facecolor": "red", "font.size": 30, "svg.fonttype": "path"}):
        assert loss_chart("a", CURVE) == first
        assert matplotlib.rcParams["font.size"] == 30
    assert "<dc:date>" not in first


def test_no_identifier_is_twice_in_a_page(report):
    found = re.findall(r'\bid="([^"]*)"', page(report))
    assert len(found) > 9
    assert len(found) == len(set(found))


def test_without_matplotlib_the_page_says_how_to_get_charts(report, monkeypatch):
    assert install("curves") not in " ".join(Tags(page(report)).words)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    bare = Report(report.sweep, report.folder, report.results.values())
    bare.write()
    words = " ".join(Tags(page(bare)).words)
    assert install("curves") in words
    assert "<svg" not in page(bare)
    assert words.count("impasto paint ") == 3


def test_transparency_is_shown_on_white():
    picture = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    assert over_white(picture).getpixel((3, 3)) == (255, 255, 255)


def test_an_opened_cell_leads_to_the_next_and_shows_the_photograph(report):
    tags = Tags(page(report))
    ways = [(b.get("class"), b["data-show"]) for b in tags.all("button") if "data-show" in b]
    assert ways == [
        ("next", "details-2"),
        *(("previous", "details-1"), ("next", "details-3")),
        ("previous", "details-2"),
    ]
    assert [found["alt"] for found in tags.all("img")].count("the photograph") == 3
    assert [b.get("class") for b in tags.all("button")].count("copy") == 3


def test_all_numbers_are_in_a_table_that_sorts(report):
    tags = Tags(page(report))
    heads = [found for found in tags.all("th") if "data-sort" in found]
    assert len(heads) == 6
    links = [found["href"] for found in tags.all("a") if found["href"].startswith("#cell-")]
    assert links == ["#cell-1", "#cell-2", "#cell-3"]


def test_cells_are_averaged_over_seeds_with_their_spread(tmp_path, photograph, painting):
    sweep = make_sweep(str(photograph), [str(painting)], {}, ["seed=1,2,3", "tv_weight=1,2"])
    make_folder(tmp_path, NAMES, sweep)
    results = {
        cell.name: CellResult(cell, "", {"total": float(cell.place[0] + 10 * cell.place[1])})
        for cell in sweep.cells[:-1]
    }
    first, second = averages(sweep, results)
    assert (first.label, first.count, first.numbers) == ("tv_weight 1", 3, {"loss": (1.0, 1.0)})
    assert (second.label, second.count) == ("tv_weight 2", 2)
    assert second.numbers["loss"] == pytest.approx((10.5, 0.7071), rel=1e-4)
    assert not averages(make_sweep(str(photograph), [str(painting)], {}, ["seed=1,2"]), {})


def test_another_sweep_is_compared_cell_by_cell(report, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    name = report.sweep.cells[0].name
    (other / "cells.csv").write_text(f"cell,loss,structure\n{name},2,\nelsewhere,3,1\nnone,,\n")
    assert read_other(other) == {name: {"loss": 2.0}, "elsewhere": {"loss": 3.0, "structure": 1.0}}
    compared = Report(report.sweep, report.folder, report.results.values(), other=other)
    compared.write()
    words = " ".join(Tags(page(compared)).words)
    assert "-50.0 %" in words
    assert f"in {other}." in words
    with pytest.raises(UsageError, match="give the folder of a sweep"):
        read_other(tmp_path / "nowhere")


def test_a_sample_is_some_of_the_cells_and_the_same_every_time(photograph, painting):
    whole = make_sweep(str(photograph), [str(painting)], {}, ["seed=1,2,3", "tv_weight=1,2,4"])
    some = sampled(whole, 4)
    assert some == sampled(whole, 4)
    assert len({cell.name for cell in some.cells} & {cell.name for cell in whole.cells}) == 4
    assert [some.values(cell)[0].label for cell in some.cells] == [
        f"seed {cell.settings.seed}, tv weight {cell.settings.tv_weight:g}" for cell in some.cells
    ]
    assert some.notes[0].startswith("4 of 9 combinations")
    assert sampled(whole, 9) is whole
    assert sampled(whole, 4, seed=1) != some
