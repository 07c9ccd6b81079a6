"""Writes of declared services: what an approver sees, the one request, and the search for a lost answer."""

from __future__ import annotations

import difflib
from typing import Any

from app.domain.answer import FieldChange
from app.domain.errors import Ambiguous, NotFound, OutcomeUnknown
from app.integrations.declared.client import DeclaredService
from app.integrations.declared.operation import LookFirst, Operation, Write
from app.integrations.declared.paths import EITHER, found
from app.integrations.declared.records import Records
from app.integrations.declared.requests import as_text, filled
from app.tools.core.tool import Preparation, ToolContext
from app.tools.core.wording import sentence
from app.tools.declared.arguments import Said, label_of, shown_value
from app.tools.declared.showing import DeclaredResult, cells_of, result_of, spoken


def write_of(operation: Operation) -> Write:
    """The write of an operation that has one."""
    if operation.write is None:
        raise TypeError(f"{operation.title} writes nothing")
    return operation.write


async def prepared(service: DeclaredService, tool: str, said: Said) -> Preparation:
    """The card: what was said, and how the record is now. Raises NotFound when there is no such record."""
    operation = service.service.operations[tool]
    write = write_of(operation)
    seen: dict[str, str] = {}
    if write.look_first is not None:
        said, seen = await _looked_at(service, tool, write.look_first, said)
    changes = [
        FieldChange(label_of(name, argument), "", shown_value(said[name]))
        for name, argument in operation.arguments.items()
        if name in said
    ]
    if write.look_first is not None:
        changes += [FieldChange(shown.label, "", seen[key]) for key, shown in write.look_first.lines.items()]
    return Preparation(
        title=operation.title,
        consequence=sentence(filled(write.consequence, {**said, **seen})),
        arguments=said,
        changes=tuple(changes),
        recipients=(service.service.label,) if operation.effect == "egress" else (),
        editable=write.editable,
    )


async def carried_out(service: DeclaredService, tool: str, said: Said, key: str) -> DeclaredResult:
    """The result of the write. Raises what `DeclaredService.write` raises."""
    records = await service.write(tool, said, key)
    return result_of(service, service.service.operations[tool], said, records)


async def found_again(service: DeclaredService, tool: str, said: Said, ctx: ToolContext) -> DeclaredResult | None:
    """After a lost answer: the write's result when the file's proof is there, None when its absence proves that it was
    not done. Raises OutcomeUnknown when nobody can tell."""
    operation = service.service.operations[tool]
    proof = write_of(operation).read_back
    if proof is None:
        raise TypeError(f"{tool} can't be read back")
    records, looked = await service.look_up(tool, proof, said, ctx.idempotency_key)
    if records:
        return result_of(service, operation, said, Records((), looked.hidden, looked.as_of))
    if proof.absence_proves:
        return None
    raise OutcomeUnknown(
        f"{service.service.label} doesn't show whether it was done.",
        next_step="Please have somebody check there before it is tried again.",
        code="vendor_outcome_unknown",
    )


async def _looked_at(service: DeclaredService, tool: str, look: LookFirst, said: Said) -> tuple[Said, dict[str, str]]:
    """What was said in the record's own words, and the lines about it. Raises NotFound, and Ambiguous when several
    records are meant."""
    records, looked = await service.look_up(tool, look, said)
    if not records:
        raise NotFound(filled(look.missing, said), near=_near(looked.rows, look, said), code="vendor_not_found")
    own = [{name: _one(record, path) for name, path in look.becomes.items()} for record in records]
    if len(records) > 1:
        options = tuple(as_text(list(one.values())) for one in own if one)
        raise Ambiguous(f"{service.service.label} has several that fit; which one is meant?", options=options[:10])
    cells, _ = cells_of(records[0], look.lines, looked.hidden)
    seen = {key: spoken(cell) for key, cell in zip(look.lines, cells, strict=True)}
    return {**said, **{name: value for name, value in own[0].items() if value}}, seen


def _one(record: Any, path: str) -> str:
    """The text at a path, empty when there is none or several."""
    values = [value for value in found(record, path) if isinstance(value, str | int)]
    return as_text(values[0]) if len(values) == 1 else ""


def _near(rows: tuple[Any, ...], look: LookFirst, said: Said) -> tuple[str, ...]:
    """The closest of what there is, by the first thing that was looked for."""
    for path, wanted in look.where.items():
        if isinstance(wanted, str):
            either = path.split(EITHER)
            there = [value for row in rows for one in either for value in found(row, one) if isinstance(value, str)]
            return tuple(difflib.get_close_matches(filled(wanted, said), there, n=3, cutoff=0.4))
    return ()
