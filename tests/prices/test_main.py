import gzip
import json

import pytest

from switchboard.prices.__main__ import main


@pytest.fixture
def data(tmp_path, train_items, val_items):
    folder = tmp_path / "data"
    folder.mkdir()
    for split, items in (("train", train_items), ("val", val_items), ("test", val_items[:5])):
        lines = [
            json.dumps(
                {
                    "title": i.title,
                    "description": i.description,
                    "category": ["X", i.category],
                    "price": i.price,
                }
            )
            for i in items
        ]
        (folder / f"products_{split}.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    return folder


def test_train_evaluate_estimate(data, tmp_path, capsys):
    weights = ["--weights", str(tmp_path / "trained")]
    assert main(["train", str(data), *weights]) == 0
    assert "32 items of val" in capsys.readouterr().out

    assert main(["evaluate", str(data), *weights]) == 0
    printed = capsys.readouterr().out
    assert "5 items of test" in printed
    assert json.loads(printed.splitlines()[-1])["count"] == 5

    assert main(["estimate", "Luxor internal drive 4 TB", *weights]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("$")
    assert "80% range" in printed
    assert "luxor" in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["estimate", ""], "no word or number"),
        (["estimate", "mouse", "--weights", "/nowhere"], "missing or cannot be read"),
        (["evaluate", "/nowhere"], "There is no products_test.jsonl.gz"),
    ],
)
def test_a_mistake_is_a_message_on_the_error_stream_not_a_traceback(arguments, message, capsys):
    assert main(arguments) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["guess"], ["evaluate", "x", "--split", "sealed"]])
def test_an_unknown_command_or_choice_prints_the_usage(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err
