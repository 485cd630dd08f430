"""Which pictures a batch paints, and what the paintings are called."""

import json

import pytest

from impasto.batches import Item, expand_paths, listed_in, pairs, product_of
from impasto.batches.naming import names
from impasto.errors import UsageError


@pytest.fixture
def folder(tmp_path):
    for name in ("b.jpg", "a.PNG", "notes.txt", "deep/c.tif"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "in"


def test_folders_and_patterns_become_their_pictures(folder):
    inside = [str(folder / name) for name in ("a.PNG", "b.jpg")]
    assert expand_paths([str(folder)], "photographs") == inside
    assert expand_paths([f"{folder}/*.jpg"], "photographs") == inside[1:]
    assert expand_paths([f"{folder}/**/*.tif"], "photographs") == [str(folder / "deep" / "c.tif")]
    # what is given twice is painted once, and what is not there is said when it is painted
    assert expand_paths([inside[1], str(folder), "gone.png"], "x") == [
        *reversed(inside),
        "gone.png",
    ]


def test_a_home_is_a_folder_like_any(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    assert expand_paths(["~/*.jpg"], "photographs") == [str(folder / "b.jpg")]


def test_masks_of_a_list_are_seen_from_its_folder(tmp_path):
    (tmp_path / "m.png").touch()
    (tmp_path / "list.csv").write_text(
        "content,style,content_mask,init,weights\na.jpg,x.png,m.png,content,vgg19-caffe\n"
    )
    (item,) = listed_in(tmp_path / "list.csv")
    assert item.settings == {
        "content_mask": str(tmp_path / "m.png"), "init": "content", "weights": "vgg19-caffe",
    }  # fmt: skip


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path):
    path = tmp_path / "cat[1].jpg"
    path.touch()
    assert expand_paths([str(path)], "photographs") == [str(path)]


@pytest.mark.parametrize("given", ["{}/empty", "{}/*.jpg"])
def test_what_has_no_picture_is_one_sentence(tmp_path, given):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="give other photographs"):
        expand_paths([given.format(tmp_path)], "photographs")


def test_every_photograph_in_every_style_or_pairs():
    made = [(item.content, *item.styles) for item in product_of(["a", "b"], ["x", "y"])]
    assert made == [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]
    made = [(item.content, *item.styles) for item in pairs(["a", "b"], ["x", "y"])]
    assert made == [("a", "x"), ("b", "y")]
    with pytest.raises(UsageError, match="2 photographs and 1 styles make no pairs"):
        pairs(["a", "b"], ["x"])


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_list_says_all_that_a_command_line_says(tmp_path, kind):
    rows = [
        {"content": "a.jpg", "style": "x.png", "style_weight": "20", "name": ""},
        {"content": "sub/b.jpg", "style": "x.png; y.png", "style_weight": "", "name": "best"},
    ]
    path = tmp_path / f"list.{kind}"
    if kind == "csv":
        lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
        path.write_text("\ufeff" + "\r\n".join(lines), "utf-8")
    else:
        rows[1]["style"] = ["x.png", "y.png"]
        path.write_text("\n\n".join(map(json.dumps, rows)), "utf-8")
    one, other = listed_in(path)
    assert one == Item(str(tmp_path / "a.jpg"), (str(tmp_path / "x.png"),), {"style_weight": "20"})
    assert other.content == str(tmp_path / "sub" / "b.jpg")
    assert other.styles == (str(tmp_path / "x.png"), str(tmp_path / "y.png"))
    assert (other.settings, other.name) == ({}, "best")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("content,style\n", "is empty"),
        ("content,style\na.jpg\n", "line 2: it has not as many fields as the headings"),
        ("content,style\na.jpg,b,c\n", "line 2: it has not as many fields as the headings"),
        ("contnt,style\na.jpg,b.png\n", "line 2: .*did you mean 'content'"),
        ("content,style\n,b.png\n", "line 2: it names no content"),
        ("content,style\na.png,\n", "line 2: it names no style"),
        ('{"content": "a"\n', "line 1: it is no JSON"),
        ('{"content": "a", "style": 3}', "line 1: it names no style"),
        ('{"content": "a", "style": "b"}\n[1]', "line 2: it must be a JSON object"),
        ('content,style\n"a', "unexpected end of data"),
    ],
)
def test_what_is_wrong_with_a_list_is_said_with_its_line(tmp_path, text, words):
    path = tmp_path / "list.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=words):
        listed_in(path)


def test_a_list_that_cannot_be_read_is_one_sentence(tmp_path):
    with pytest.raises(UsageError, match=r"gone.csv' cannot be read \(No such file"):
        listed_in(tmp_path / "gone.csv")
    (tmp_path / "list.csv").write_bytes(b"\xff\xfe\x00content")
    with pytest.raises(UsageError, match="is no text in UTF-8"):
        listed_in(tmp_path / "list.csv")


def test_paintings_are_called_as_the_pattern_says():
    items = [Item(f"in/{name}.jpg", ("x.png",)) for name in "abc"]
    assert names(items) == ["a-x.png", "b-x.png", "c-x.png"]
    assert names(items, "{style}/{number} {folder} {content}.tif")[1] == "x/2 in b.tif"
    assert names([Item("a", ("x", "y"), name="best.webp"), *items[:1]]) == ["best.webp", "a-x.png"]
    assert names(items, "{content}") == ["a.png", "b.png", "c.png"]
    dotted = [Item("in/St. Ives.jpg", ("x.png",))]
    assert names(dotted, "{content}") == ["St. Ives.png"]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{kontent}.png", "did you mean 'content'"),
        ("{content.__class__}.png", "content.__class__"),
        ("{}.png", "field of a name"),
        ("{number:03}.png", "write {number} alone"),
        ("{content!r}.png", "write {content} alone"),
        ("{content", "makes no sense"),
        ("../{content}.png", "leads out of the folder"),
        ("/tmp/{content}.png", "leads out of the folder"),
        ("same.png", "two paintings would be called 'same.png'"),
    ],
)
def test_a_name_that_cannot_be_is_one_sentence(pattern, words):
    with pytest.raises(UsageError, match=words):
        names([Item("a.jpg", ("x.png",)), Item("b.jpg", ("x.png",))], pattern)


def test_names_that_differ_in_case_only_would_be_one_file_elsewhere():
    with pytest.raises(UsageError, match="two paintings"):
        names([Item("a.jpg", ("x.png",)), Item("A.jpg", ("x.png",))])
