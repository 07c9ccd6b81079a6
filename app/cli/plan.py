"""`sophia plan`: what the embedded planner would do with each utterance. Executes nothing, needs no database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, cast

import typer

from app.domain.clock import SystemClock
from app.domain.names import Names
from app.domain.tooling import ToolSpec


def register(app: typer.Typer) -> None:
    @app.command()
    def plan(
        now: Annotated[str, typer.Option(help="The moment to plan for, for example 2026-03-18T10:30.")] = "",
        names: Annotated[Path | None, typer.Option(help="A JSON file with the known names.")] = None,
        cache: Annotated[Path | None, typer.Option(help="Folder that keeps the trained ranking.")] = None,
    ) -> None:
        """Read JSON lines (id, utterance, optional context) and print one plan a line. Nothing is executed."""
        moment = _moment(now)
        known = read_names(names) if names else Names()
        from app.gateways.embedded.planner import Planner  # noqa: PLC0415 - slow to import, and only this needs it

        planner = Planner(tool_specs(), cache or default_cache())
        failed = False
        for number, line in enumerate(sys.stdin, start=1):
            if not line.strip():
                continue
            try:
                item = read_line(line)
            except ValueError as wrong:
                failed = True
                typer.echo(f"line {number}: {wrong}", err=True)
                continue
            typer.echo(json.dumps(planned(planner, item, known, moment), ensure_ascii=False))
        if failed:
            raise typer.Exit(1)


def tool_specs() -> Sequence[ToolSpec]:
    """Every tool of the catalogue as data."""
    from app.tools.core.registry import all_tools  # noqa: PLC0415 - imports every tool, which only this needs

    return [tool.spec for tool in all_tools().values()]


def default_cache() -> Path:
    """Where the trained ranking is kept between runs: the person's own cache folder."""
    return Path.home() / ".cache" / "sophia"


def planned(planner: Any, item: Mapping[str, Any], known: Names, moment: datetime) -> dict[str, Any]:
    """One output line."""
    from app.gateways.embedded.plan import Call  # noqa: PLC0415

    context = [Call(turn["call"]["name"], turn["call"].get("arguments", {})) for turn in item.get("context", ())]
    plan = planner.plan(item["utterance"], known, moment, context)
    calls = [{"name": call.name, "arguments": dict(call.arguments)} for call in plan.calls]
    return {"id": item["id"], "action": plan.action, "calls": calls, "confidence": round(plan.confidence, 3)}


def read_line(line: str) -> dict[str, Any]:
    """A checked input line. Raises ValueError with a sentence."""
    try:
        data: Any = json.loads(line)
    except ValueError as wrong:
        raise ValueError(f"not valid JSON ({wrong})") from None
    if not isinstance(data, dict):
        raise ValueError("must be a JSON object with id and utterance")
    item = cast(dict[str, Any], data)
    if not isinstance(item.get("id"), str | int):
        raise ValueError('needs an "id"')
    if not isinstance(item.get("utterance"), str):
        raise ValueError('needs an "utterance" that is text')
    context: Any = item.get("context") or []
    if not isinstance(context, list) or not all(_is_turn(turn) for turn in cast(list[Any], context)):
        raise ValueError('"context" must be a list of {"user": text, "call": {"name": text, "arguments": object}}')
    return {**item, "context": context}


def _is_turn(turn: Any) -> bool:
    if not isinstance(turn, dict):
        return False
    call: Any = cast(dict[str, Any], turn).get("call")
    if not isinstance(call, dict):
        return False
    made = cast(dict[str, Any], call)
    return isinstance(made.get("name"), str) and isinstance(made.get("arguments", {}), dict)


def read_names(path: Path) -> Names:
    """Names from a JSON file shaped like the development gazetteer. Stops with a sentence when it is not."""
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        _stop(f"{path} cannot be read as JSON: {wrong}")
    if not isinstance(data, dict):
        _stop(f"{path} must hold a JSON object")
    fields = cast(dict[str, Any], data)
    properties: Any = fields.get("properties") or {}
    if isinstance(properties, list):
        properties = {name: [] for name in cast(list[str], properties)}
    lists = {key: tuple(_texts(path, key, fields.get(key))) for key in _LISTS}
    aliases = {name: tuple(_texts(path, name, more)) for name, more in cast(dict[str, Any], properties).items()}
    return Names(properties=aliases, version=str(path), **lists)


_LISTS = ("residents", "contacts", "companies", "vendors", "team", "channels")


def _texts(path: Path, key: str, value: Any) -> Iterator[str]:
    if value is not None and not isinstance(value, list):
        _stop(f"{path}: {key} must be a list of names")
    for name in cast(list[Any], value or []):
        if not isinstance(name, str):
            _stop(f"{path}: {key} holds something that is not text")
        yield name


def _moment(now: str) -> datetime:
    if not now:
        return SystemClock().now().astimezone().replace(tzinfo=None)
    try:
        return datetime.fromisoformat(now).replace(tzinfo=None)
    except ValueError:
        _stop(f"--now {now!r} is not a moment; write it like 2026-03-18T10:30")


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)
