"""Import a rent roll, unit list, ledger or the like that was shared with Sophia."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from app.domain.answer import Column, ColumnKind, FieldChange, Source, Table
from app.domain.errors import Fixable
from app.domain.importing import Imported, RefusedRow
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from app.tools.core.wording import counted, joined, sentence

SHOWN: Final = 5  # refused rows on a card
_MOST_NAMED: Final = 4  # communities by name


class Args(ToolArgs):
    file: str = Field(description="The shared file's id", max_length=40)
    property: str = Field(
        default="", description="The community of all rows, where the file does not say", max_length=120
    )
    sha256: str = Field(default="", description="The digest of the file that was tried out", max_length=64)


class Result(ToolOutput):
    """What became of the file."""

    done: Imported


async def prepare(ctx: ToolContext, args: Args) -> Preparation:
    tried = await ctx.services.imports.try_out(ctx.principal, args.file, args.property)
    kind = joined(list(tried.kinds)) or "a table"
    if not tried.written:
        raise _nothing(tried)
    changes = [
        FieldChange("File", "", tried.file),
        FieldChange("Kind", "", kind),
        FieldChange("Community", "", _places(tried)),
        FieldChange("Speaks for", "", f"{tried.as_of:%B %-d, %Y}" if tried.as_of else ""),
        FieldChange("Rows taken", "", f"{tried.rows - tried.refused:,} of {tried.rows:,}"),
        FieldChange("Rows refused", "", f"{tried.refused:,}"),
        *(FieldChange(_where(one), "", one.reason) for one in tried.first_refused[:SHOWN]),
    ]
    return Preparation(
        title=f"Import {kind}",
        consequence=sentence(
            f"{counted(tried.added, 'record')} added, {tried.changed:,} changed; {tried.unchanged:,} are the same.",
            f"{counted(tried.refused, 'row')} can't be taken and stay out." if tried.refused else "",
            f"{tried.older:,} are stored as of a later day and stay." if tried.older else "",
        ),
        arguments={"file": args.file, "property": args.property, "sha256": tried.sha256},
        changes=tuple(changes),
    )


def _nothing(tried: Imported) -> Fixable:
    """Why there is nothing to approve."""
    if tried.refused and tried.refused >= tried.rows:
        first = tried.first_refused[0]
        return Fixable(
            f"I can't take any of the {tried.rows:,} rows of “{tried.file}”. {_where(first)}: {first.reason}.",
            next_step="Please correct the file and share it again.",
            code="import_refused",
        )
    refused = f" {counted(tried.refused, 'row')} can't be taken." if tried.refused else ""
    return Fixable(f"“{tried.file}” holds nothing that I don't have already.{refused}", code="import_nothing_new")


def _places(tried: Imported) -> str:
    if len(tried.properties) <= _MOST_NAMED:
        return joined(list(tried.properties))
    return f"{len(tried.properties):,} communities"


def _where(one: RefusedRow) -> str:
    return f"Row {one.row:,}" if one.row else "Not taken"


async def run(ctx: ToolContext, args: Args) -> Result:
    done = await ctx.services.imports.take(ctx.principal, args.file, args.sha256, args.property)
    return Result(
        done=done, sources=(Source(system="Imported file", record=done.file, as_of=done.as_of or ctx.clock.now()),)
    )


def present(args: Args, result: Result) -> Presentation:
    done = result.done
    text = sentence(
        f"“{done.file}” is in: {counted(done.added, 'record')} added, {done.changed:,} changed,",
        f"{done.unchanged:,} the same.",
        f"{counted(done.refused, 'row')} of {done.rows:,} couldn't be taken." if done.refused else "",
    )
    return Presentation(text=text, table=_table(done) if done.first_refused else None)


def _table(done: Imported) -> Table:
    return Table(
        title="Rows that couldn't be taken",
        columns=(Column("sheet", "Sheet"), Column("row", "Row", ColumnKind.NUMBER), Column("reason", "Reason")),
        rows=tuple((one.sheet, one.row or None, one.reason) for one in done.first_refused),
    )


TOOL = Tool(
    name="import_file",
    title="Import",
    description="Import property data from a shared spreadsheet",
    args=Args,
    result=Result,
    effect=Effect.WRITE,
    scope=Scope.DATA_IMPORT,
    personal=True,
    run=run,
    present=present,
    prepare=prepare,
    approval=Approval(Scope.DATA_IMPORT),
    reconcile=run,  # the same file once more changes nothing
    doing="Reading the file",
    examples=("Import this rent roll", "Import this unit list for Maple Grove", "Import this ledger, please"),
)
