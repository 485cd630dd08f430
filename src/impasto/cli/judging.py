"""The command that measures a painting."""

from __future__ import annotations

import json
from dataclasses import asdict

import click


@click.command()
@click.argument("result")
@click.argument("content")
@click.argument("style", nargs=-1, required=True)
@click.option("--network", help="What measures: filters, pocket, vgg19, ...  [default: chosen]")
@click.option("--json", "as_json", is_flag=True, help="The numbers as JSON.")
def judge(
    result: str, content: str, style: tuple[str, ...], network: str | None, as_json: bool
) -> None:
    """Measure the painting RESULT against its photograph CONTENT and its pictures STYLE.

    A network other than the one that painted tells how far the style is, and how much of the
    content is left, beside pictures that took no painting: the photograph itself, the photograph
    in the style's colors, and a piece of the style.
    """
    from impasto.evaluation.scores import judge as measure

    judgment = measure(result, content, list(style), network)
    if as_json:
        click.echo(json.dumps(judgment.to_dict()))
        return
    rows = {"the painting": judgment.result, **judgment.baselines}
    heads = list(asdict(judgment.result))
    width = max(map(len, rows))
    click.echo(f"{'':{width}}  " + "  ".join(f"{head:>11}" for head in heads))
    for name, scores in rows.items():
        numbers = "  ".join(f"{value:11.3f}" for value in asdict(scores).values())
        click.echo(f"{name:{width}}  {numbers}")
    painter = judgment.painted_by or "a network unknown"
    click.echo(
        f"\ngram, wasserstein: distance from the style, 0 is the style; structure, edges, ssim: "
        f"what is left\nof the content, 1 is all. Measured by {judgment.network}, "
        f"painted by {painter}."
    )
