"""Axes, cells, and their names."""

import pytest

from impasto.errors import PictureError, SettingsError, UnknownName, UsageError
from impasto.sweeps.axes import make_sweep, parse_axis
from impasto.sweeps.names import LONGEST_NAME


def test_cells_are_the_product_of_the_axes(make):
    sweep = make("style-weight=10,100,1000", "optimizer=lbfgs,adam", size="32")
    assert [axis.name for axis in sweep.axes] == ["style_weight", "optimizer"]
    assert [cell.place for cell in sweep.cells] == [(i, j) for i in range(3) for j in range(2)]
    assert {cell.settings.size for cell in sweep.cells} == {32}
    assert sweep.cells[3].settings.style_weight == 100
    assert sweep.cells[3].settings.optimizer == "adam"
    assert sweep.title == "style weight × optimizer"


def test_values_with_commas_are_separated_by_semicolons(make):
    sweep = make("style_layers=relu1_1;relu1_1,relu2_1:0.5")
    assert [cell.settings.style_layers for cell in sweep.cells] == [
        (("relu1_1", 1.0),),
        (("relu1_1", 1.0), ("relu2_1", 0.5)),
    ]


def test_values_with_commas_may_be_quoted_instead(make):
    layers = [cell.settings.style_layers for cell in make('style_layers="relu1_1,relu2_1",3').cells]
    assert [len(each) for each in layers] == [2, 3]


@pytest.fixture
def odd(tmp_path, painting):
    """Paintings whose names hold what separates values."""
    paths = [tmp_path / name for name in ("a,b.png", "c;d.png", 'l\'e "f".png')]
    for path in paths:
        path.write_bytes(painting.read_bytes())
    return list(map(str, paths))


def test_paths_that_hold_separators_are_quoted(make, odd, photograph, painting):
    comma, semicolon, quote = odd
    own = (str(painting),)
    written = [f'"{comma}"', f'"{semicolon}"', quote]
    assert styles(make("style=" + ",".join(written))) == [own, *((each,) for each in odd)]
    together = make(f'style="{comma}",{quote}; "{semicolon}"')
    assert styles(together) == [own, (comma, quote), (semicolon,)]
    assert together.axes[0].values[1].picture == comma
    contents = make(f'content="{comma}","{semicolon}"').cells
    assert [cell.content for cell in contents] == [str(photograph), comma, semicolon]
    starts = make(f'init="{comma}",noise').cells
    assert [cell.settings.init for cell in starts] == [comma, "noise"]


def test_the_pictures_of_the_arguments_may_hold_commas(odd, photograph):
    axis = parse_axis("style=" + f'"{odd[0]}"', str(photograph), odd[:1])
    assert [value.label for value in axis.values] == ["a,b"]
    sweep = make_sweep(str(photograph), odd, {}, [f"style={photograph}"])
    assert styles(sweep) == [tuple(odd), (str(photograph),)]


def styles(sweep):
    return [cell.styles for cell in sweep.cells]


def test_a_number_of_style_layers_takes_the_first_of_the_network(make):
    sweep = make("style_layers=2,3,4,5")
    assert [len(cell.settings.style_layers) for cell in sweep.cells] == [2, 3, 4, 5]
    assert sweep.cells[0].settings.style_layers == (("relu1_1", 1.0), ("relu2_1", 1.0))
    assert "there are 5 to choose from" in make("style_layers=5,6").cells[1].error


def test_a_preset_keeps_its_layer_weights_where_their_number_varies(make):
    shares = [0.2 * 16.0**-n for n in range(3)]
    for cell in make("style_layers=2,3", preset="keras").cells:
        weights = [weight for _, weight in cell.settings.style_layers]
        assert weights == pytest.approx(shares[: len(weights)])


def test_networks_beside_a_preset_have_one_normalization_and_need_no_weights_of_others(make):
    sweep = make("backbone=vgg19,pocket", preset="liu")
    assert {cell.settings.normalization for cell in sweep.cells} == {"relative"}
    assert any("relative for every network" in note for note in sweep.notes)
    assert {cell.settings.init for cell in sweep.cells} == {"content"}
    same = make("backbone=vgg19,pocket", preset="liu", normalization="paper").cells
    assert [cell.settings.normalization for cell in same] == ["paper", "paper"]
    others = make("backbone=pocket,squeezenet1_1", preset="style-transfer-pytorch").cells
    assert not any(cell.error for cell in others)  # those of its own network are not here


def test_presets_can_vary(make):
    cells = make("preset=paper,liu", size="64").cells
    assert [cell.settings.normalization for cell in cells] == ["gatys2015", "paper"]


def test_a_setting_that_is_wrong_for_all_cells_is_an_error_at_once(make):
    with pytest.raises(UsageError, match="size"):
        make("seed=1,2", size="huge")


def test_the_pictures_of_the_arguments_come_first_on_their_axis(make, tmp_path, photograph):
    other = tmp_path / "other.png"
    other.write_bytes(photograph.read_bytes())
    sweep = make(f"content={other}")
    assert [cell.content for cell in sweep.cells] == [str(photograph), str(other)]
    assert sweep.axes[0].values[1].picture == str(other)
    assert [what for what, _ in sweep.sources] == ["style"]


def test_exchanged_cells_swap_content_and_style(make, photograph, painting):
    as_given, swapped = make("exchange=no,yes").cells
    assert (as_given.content, as_given.styles) == (str(photograph), (str(painting),))
    assert (swapped.content, swapped.styles) == (str(painting), (str(photograph),))


@pytest.mark.parametrize(
    ("vary", "error", "words"),
    [
        ("syle_weight=1,2", UnknownName, "did you mean 'style_weight'"),
        ("style_weight", SettingsError, "has no values"),
        ("style_weight=,", SettingsError, "has no values"),
        ("style_weight=1,large", SettingsError, "'large': it must be a number"),
        ("optimizer=adam,lbgfs", UnknownName, "did you mean 'lbfgs'"),
        ("style_weight=1,2,1", SettingsError, "twice"),
        ("exchange=no,perhaps", SettingsError, "true or false"),
        ("content=nowhere.jpg", PictureError, "nowhere.jpg"),
    ],
)
def test_a_wrong_axis_or_value_is_named_before_anything_else(make, vary, error, words):
    with pytest.raises(error, match=words):
        make(vary)


def test_axes_that_do_nothing_are_refused(make):
    with pytest.raises(SettingsError, match="plan and iterations are given"):
        make("iterations=5,10", plan="32:4")
    with pytest.raises(SettingsError, match="plan and levels are given"):
        make("plan=32:4;32:5", levels=2)
    with pytest.raises(SettingsError, match="'size' varies and is given, too: leave out --size"):
        make("size=32,48", size="64")
    with pytest.raises(SettingsError, match="varies twice"):
        make("size=32,48", "size=64")


def test_values_that_contradict_each_other_spoil_their_cell_only(make):
    good, bad = make("plan=32:4;64:4", size="32").cells
    assert good.settings is not None
    assert bad.settings is None
    assert "plan ends at 64" in bad.error


def test_names_are_short_safe_and_unlike_each_other(make):
    layers = ",".join(f"relu{n}_1:0.123456789" for n in range(1, 6))
    sweep = make(f"style_layers={layers};{layers}1", "style_weight=1e2,1e5")
    names = [cell.name for cell in sweep.cells]
    assert len({name.lower() for name in names}) == 4
    for name in names:
        assert len(name) <= LONGEST_NAME
        assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789_.+-")
    assert names == [cell.name for cell in make(
        f"style_layers={layers};{layers}1", "style_weight=1e2,1e5").cells]  # fmt: skip
    assert [cell.name for cell in make("tv-weight=1,2").cells] == ["tv_weight-1", "tv_weight-2"]


def test_axes_are_parsed_with_dashes():
    assert parse_axis("tv-weight=1,10", "a", ["b"]).name == "tv_weight"


def test_what_changes_nothing_in_any_cell_is_noted(make):
    idle = "history is given and changes nothing: adam remembers no steps."
    assert make("style_weight=10,100", optimizer="adam", history=20).idle == (idle,)
    assert make("optimizer=adam,lbfgs", history=20).idle == ()
