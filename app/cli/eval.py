"""`sophia eval`: how well she finds, measured on sets of questions with known answers."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from app.domain.clock import SystemClock
from app.domain.errors import SophiaError


def register(app: typer.Typer) -> None:
    evaluation = typer.Typer(help="Measure how well Sophia finds.", no_args_is_help=True)
    app.add_typer(evaluation, name="eval")

    @evaluation.callback()
    def each_its_own() -> None:  # with one command alone typer would drop its name
        """Measure how well Sophia finds."""

    @evaluation.command()
    def retrieval(
        folder: Annotated[Path, typer.Argument(help="Folder with corpus.jsonl, queries.jsonl and qrels.tsv.")],
    ) -> None:
        """Search a set of judged documents in a store of its own; print the figures as one JSON object."""
        try:
            figures = asyncio.run(_measured(folder))
        except SophiaError as failed:
            typer.echo(failed.for_people, err=True)
            raise typer.Exit(1) from None
        typer.echo(json.dumps(figures))


async def _measured(folder: Path) -> dict[str, Any]:
    from app.knowledge.embedders.minilm import MiniLm  # noqa: PLC0415 - numpy and SQLAlchemy load for this alone
    from app.knowledge.evaluation.retrieval import evaluate  # noqa: PLC0415
    from app.knowledge.evaluation.sets import read_set  # noqa: PLC0415

    judged = read_set(folder)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn())
    embedder = MiniLm()
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
            tasks = {what: bars.add_task(what) for what in ("documents", "questions")}
            measured = await evaluate(
                judged,
                embedder,
                SystemClock(),
                lambda what, done, total: bars.update(tasks[what], completed=done, total=total),
            )
    finally:
        await embedder.close()
    return {
        "set": folder.name,
        "embedder": embedder.id,
        "n": measured.questions,
        "documents": measured.documents,
        "passages": measured.passages,
        "ndcg@10": round(measured.ndcg_at_10, 4),
        "recall@10": round(measured.recall_at_10, 4),
        "recall@100": round(measured.recall_at_100, 4),
        "seconds": round(measured.reading_seconds + measured.asking_seconds, 1),
        "seconds_reading": round(measured.reading_seconds, 1),
        "seconds_asking": round(measured.asking_seconds, 1),
    }
