"""`sophia eval`: how well she answers and finds, measured on sets of questions with known answers."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from app.cli.core.data import which_data
from app.cli.core.edge import run_or_exit, settings_or_exit
from app.db.migrate import upgrade
from app.domain.errors import Fixable
from app.settings import Settings

if TYPE_CHECKING:
    from app.knowledge.evaluation.answers import Figures, Judged
    from app.knowledge.evaluation.floor import Floor

_COLUMNS = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn())
_FIGURES = {
    "hit_1": "right document cited first",
    "hit_5": "right document among the first five",
    "ndcg_5": "nDCG@5",
    "precision": "cited documents that answer",
    "facts": "expected facts said",
    "live": "questions to the systems answered from them",
    "refused": "unanswerable questions refused",
}
Paths = Annotated[
    list[Path] | None,
    typer.Argument(help="YAML files, or folders of them; with the demo's data its own questions when left out."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object.")]


def register(app: typer.Typer) -> None:
    evaluation = typer.Typer(help="Measure how well Sophia answers and finds.")
    app.add_typer(evaluation, name="eval")

    @evaluation.callback(invoke_without_command=True)
    def first(context: typer.Context) -> None:
        """Measure how well Sophia answers and finds. Alone, it asks the demo's questions over the demo's handbook."""
        if context.invoked_subcommand is None:
            _print_answers([], as_json=False)

    @evaluation.command()
    def answers(paths: Paths = None, as_json: AsJson = False) -> None:
        """Ask every question of your sets as the people they are from; print how good the answers are.

        With a model key the model is asked, which costs what it costs.
        """
        _print_answers(paths or [], as_json=as_json)

    @evaluation.command()
    def candidates() -> None:
        """Print questions that people gave a thumb for, as a set to complete: which page answers, or that none does."""
        settings, _ = run_or_exit(which_data(settings_or_exit(log_level="error")))
        typer.echo(run_or_exit(_candidates(settings)), nl=False)

    @evaluation.command()
    def retrieval(
        folder: Annotated[Path, typer.Argument(help="Folder with corpus.jsonl, queries.jsonl and qrels.tsv.")],
    ) -> None:
        """Search a set of judged documents in a store of its own; print the figures as one JSON object."""
        typer.echo(json.dumps(run_or_exit(measured(settings_or_exit(log_level="error"), folder))))

    @evaluation.command()
    def floor(paths: Paths = None, as_json: AsJson = False) -> None:
        """Measure on your sets how much must speak for a passage to answer, with the embedder in use."""
        settings, world = run_or_exit(which_data(settings_or_exit(log_level="error")))
        measured = run_or_exit(_floor(settings, _or_the_demos(paths or [], world)))
        value = f"{settings.embedder}:{measured.value:g}"
        if as_json:
            typer.echo(json.dumps({"answer_floor": value, **dataclasses.asdict(measured)}))
            return
        typer.echo(
            f"ANSWER_FLOOR={value}\n"
            f"refuses {measured.refused:.0%} of {measured.unanswerable} unanswerable questions and "
            f"lets {measured.answered:.0%} of {measured.answerable} others be answered (AUC {measured.auc:.3f})."
        )


def _print_answers(paths: list[Path], *, as_json: bool) -> None:
    settings, world = run_or_exit(which_data(settings_or_exit(log_level="error")))
    judged, figures = run_or_exit(_asked(settings, _or_the_demos(paths, world)))
    if as_json:
        typer.echo(json.dumps({key: _rounded(value) for key, value in dataclasses.asdict(figures).items()}))
        return
    console = Console()
    console.print(_shown(figures))
    for one in judged:
        if not one.well:
            console.print(f"[yellow]{one.question.id}[/]  {one.question.ask}\n  [dim]{_what_came(one)}[/]")


def _or_the_demos(paths: list[Path], world: object | None) -> list[Path]:
    """The sets to ask: with the demo's data its own when none is named."""
    if paths or world is None:
        return paths
    from app.sandbox.questions import FOLDER  # noqa: PLC0415 - only the demo has questions of its own

    return [FOLDER]


async def _floor(settings: Settings, paths: list[Path]) -> Floor:
    from app.house import open_house  # noqa: PLC0415 - importing the whole house takes a second that --help need not wait
    from app.knowledge.evaluation.floor import evidence, floor_of  # noqa: PLC0415
    from app.knowledge.evaluation.questions import read_questions  # noqa: PLC0415

    if not paths:
        raise Fixable("Name a question set.", next_step="sophia eval floor questions.yaml, see docs/evaluation.md.")
    questions = read_questions(paths).questions
    async with open_house(settings) as house:
        await upgrade(house.db)
        if not await house.library.documents(settings.workspace_id):
            raise Fixable("There are no documents yet.", next_step="Take some in with: sophia ingest")
        with Progress(*_COLUMNS, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task("questions", total=sum(not one.after and not one.tools for one in questions))
            found = await evidence(house.documents, questions, settings.workspace_id, lambda: bars.advance(task))
    return floor_of(*found)


async def _asked(settings: Settings, paths: list[Path]) -> tuple[list[Judged], Figures]:
    from app.agent.evaluation import ask  # noqa: PLC0415
    from app.house import open_house  # noqa: PLC0415 - importing the whole house takes a second that --help need not wait
    from app.knowledge.evaluation.answers import figures, judge, named  # noqa: PLC0415
    from app.knowledge.evaluation.questions import read_questions  # noqa: PLC0415

    if not paths:
        raise Fixable("Name a question set.", next_step="sophia eval answers questions.yaml, see docs/evaluation.md.")
    questions = read_questions(paths).questions
    judged: list[Judged] = []
    async with open_house(settings) as house:
        await upgrade(house.db)
        documents = named(await house.library.documents(settings.workspace_id), questions)
        if not documents:
            raise Fixable("There are no documents yet.", next_step="Take some in with: sophia ingest")
        with Progress(*_COLUMNS, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task("questions", total=len(questions))
            for question in questions:
                answer = await ask(house.agent, question, settings.workspace_id, house.clock, house.ids)
                judged.append(judge(question, answer, documents))
                bars.advance(task)
    return judged, figures(judged)


async def _candidates(settings: Settings) -> str:
    from app.agent.evaluation import candidates  # noqa: PLC0415
    from app.db.engine import Database  # noqa: PLC0415

    db = Database(settings.async_database_url)
    try:
        await upgrade(db)
        return await candidates(db, settings.workspace_id)
    finally:
        await db.close()


def _shown(figures: Figures) -> Table:
    table = Table("", "of", "", box=None, pad_edge=False)
    table.columns[1].justify = table.columns[2].justify = "right"
    for key, label in _FIGURES.items():
        value: float | None = getattr(figures, key)
        of = {"refused": figures.unanswerable, "live": figures.from_systems}.get(key, figures.answerable)
        table.add_row(label, f"{of}", "–" if value is None else f"{value:.3f}" if key == "ndcg_5" else f"{value:.1%}")
    return table


def _what_came(one: Judged) -> str:
    if one.question.tools:
        return f"Asked {', '.join(one.called) or 'nothing'}; expected {' or '.join(one.question.tools)}."
    if not one.cited:
        return f"Nothing was cited; expected {' or '.join(one.question.documents)}."
    if not one.question.answerable:
        return f"Nothing answers it, but {one.cited[0]} was cited."
    return f"Cited {', '.join(one.cited[:3])}; expected {' or '.join(one.question.documents)}."


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


async def measured(settings: Settings, folder: Path) -> dict[str, Any]:
    """The figures of a judged set, for JSON. Raises SophiaErrors."""
    from app.house import open_house  # noqa: PLC0415 - importing the whole house takes a second that --help need not wait
    from app.knowledge.evaluation.retrieval import evaluate  # noqa: PLC0415
    from app.knowledge.evaluation.sets import read_set  # noqa: PLC0415

    judged = read_set(folder)
    async with open_house(settings) as house:  # for its embedder: what it costs is booked and budgeted
        await upgrade(house.db)
        with Progress(*_COLUMNS, console=Console(stderr=True), transient=True) as bars:
            tasks = {what: bars.add_task(what) for what in ("documents", "questions")}
            found = await evaluate(
                judged,
                house.embedder,
                house.clock,
                lambda what, done, total: bars.update(tasks[what], completed=done, total=total),
            )
        embedder = house.embedder.id
    return {
        "set": folder.name,
        "embedder": embedder,
        "n": found.questions,
        "documents": found.documents,
        "passages": found.passages,
        "ndcg@10": round(found.ndcg_at_10, 4),
        "recall@10": round(found.recall_at_10, 4),
        "recall@100": round(found.recall_at_100, 4),
        "seconds": round(found.reading_seconds + found.asking_seconds, 1),
        "seconds_reading": round(found.reading_seconds, 1),
        "seconds_asking": round(found.asking_seconds, 1),
    }
