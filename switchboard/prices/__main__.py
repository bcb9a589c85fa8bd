"""Train, evaluate and ask the price model at the command line.

usage::

    python -m switchboard.prices train DATA_DIR [--weights DIR]
    python -m switchboard.prices evaluate DATA_DIR [--split test] [--weights DIR]
    python -m switchboard.prices estimate "Corsair Vengeance 32 GB DDR5-6000 memory kit" [--weights DIR]
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from switchboard.errors import SwitchboardError
from switchboard.prices.estimate import Estimate, PriceModel
from switchboard.prices.item import SPLITS, read_split
from switchboard.prices.metrics import Scores
from switchboard.prices.weights import SHIPPED

WORDS_SHOWN = 8


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0, or 1 with a message on the error stream."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "train":
            _train(options.data, options.weights)
        elif options.command == "evaluate":
            _evaluate(options.data, options.split, options.weights)
        else:
            print(_described(PriceModel.load(options.weights).estimate(options.text)))
    except SwitchboardError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m switchboard.prices", description="PC products' prices.")
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train the model on DATA_DIR and write its weights")
    evaluate = commands.add_parser("evaluate", help="score the model on the items of DATA_DIR")
    estimate = commands.add_parser("estimate", help="estimate the price of what a text describes")
    for command in (train, evaluate):
        command.add_argument("data", type=Path, metavar="DATA_DIR", help="holds products_*.jsonl.gz")
    evaluate.add_argument("--split", choices=SPLITS, default="test", help="which items (default: test)")
    estimate.add_argument("text", help="title and specification")
    for command in (train, evaluate, estimate):
        command.add_argument("--weights", type=Path, default=SHIPPED, help="default: the shipped ones")
    return parser


def _train(data: Path, folder: Path) -> None:
    from switchboard.prices.training import evaluate, train

    val_items = read_split(data, "val")
    model = train(read_split(data, "train"), val_items)
    model.save(folder)
    print(f"Wrote {len(model.vocabulary.names):,} features to {folder}.")
    print(_table(evaluate(model, val_items), "val"))


def _evaluate(data: Path, split: str, folder: Path) -> None:
    from switchboard.prices.training import evaluate

    scores = evaluate(PriceModel.load(folder), read_split(data, split))
    print(_table(scores, split))
    print(json.dumps({"split": split, **asdict(scores)}))


def _table(scores: Scores, split: str) -> str:
    return "\n".join(
        [
            f"{scores.count:,} items of {split}",
            f"  mean absolute error       ${scores.mae:.2f}",
            f"  RMSLE                     {scores.rmsle:.4f}",
            f"  error < $40 or < 20 %     {scores.hits:.1%}",
            f"  within 20 %               {scores.within_20:.1%}",
            f"  price within the range    {scores.coverage:.1%}",
            f"  median high / low         {scores.spread:.2f}",
        ]
    )


def _described(estimate: Estimate) -> str:
    lines = [
        f"${estimate.price:,.2f}, {estimate.coverage:.0%} range ${estimate.low:,.2f} to ${estimate.high:,.2f}"
    ]
    lines += [f"  × {word.factor:.2f}  {word.text}" for word in estimate.words[:WORDS_SHOWN]]
    lines += estimate.cautions
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
