import pytest

from impasto.settings import parsing


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (parsing.whole, "12", 12),
        (parsing.whole, 12.0, 12),
        (parsing.real, "1e-3", 0.001),
        (parsing.real, 2, 2.0),
        (parsing.reals, "2,1", (2.0, 1.0)),
        (parsing.reals, " 2 , 1 ,", (2.0, 1.0)),
        (parsing.reals, [2, 1], (2.0, 1.0)),
        (parsing.reals, 3, (3.0,)),
        (parsing.layers, "relu1_1", (("relu1_1", 1.0),)),
        (parsing.layers, "relu1_1:0.5,relu2_1:2", (("relu1_1", 0.5), ("relu2_1", 2.0))),
        (parsing.layers, ["relu1_1", "relu2_1"], (("relu1_1", 1.0), ("relu2_1", 1.0))),
        (parsing.layers, {"relu1_1": 0.5, "relu2_1": 2}, (("relu1_1", 0.5), ("relu2_1", 2.0))),
        (parsing.layers, [["relu1_1", 0.5]], (("relu1_1", 0.5),)),
        (parsing.levels, "128:200,256:100", ((128, 200), (256, 100))),
        (parsing.levels, [(64, 3)], ((64, 3),)),
        (parsing.flag, "yes", True),
        (parsing.flag, False, False),
    ],
)
def test_text_and_python_values_give_the_same(parse, text, value):
    assert parse(text) == value
    assert parse(parse(text)) == value


@pytest.mark.parametrize(
    ("parse", "text", "rule"),
    [
        (parsing.whole, "1.5", "whole number"),
        (parsing.whole, 1.5, "whole number"),
        (parsing.whole, "", "whole number"),
        (parsing.real, "much", "a number"),
        (parsing.real, "nan", "finite"),
        (parsing.real, "inf", "finite"),
        (parsing.reals, "1,x", "a number"),
        (parsing.layers, "relu1_1:x", "layers like"),
        (parsing.layers, "relu1_1:-1", "at least 0"),
        (parsing.layers, "relu1_1:0", "larger than 0"),
        (parsing.layers, "", "larger than 0"),
        (parsing.layers, "relu1_1,relu1_1:2", "once"),
        (parsing.levels, "256:10,128:10", "rising"),
        (parsing.levels, "128", "pairs"),
        (parsing.levels, "128:0", "pairs"),
        (parsing.levels, "8:5", "16 or more"),
        (parsing.flag, "perhaps", "true or false"),
        (parsing.name, 3, "name"),
        (parsing.path, 3.5, "path"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_rule(parse, text, rule):
    with pytest.raises(ValueError, match=rule):
        parse(text)
