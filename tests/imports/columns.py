"""The tables of docs/imports.md, as the kinds themselves have them."""

from __future__ import annotations

from app.imports.kind import Column, Kind


def table(kind: Kind) -> str:
    """Each column with its other names; `*` marks what must be there, a number what one of a group is enough of."""
    rows = "\n".join(f"| {_marked(kind, column)} | {', '.join(column.also)} |" for column in kind.columns)
    return f"| column | also called |\n| --- | --- |\n{rows}\n"


def _marked(kind: Kind, column: Column) -> str:
    groups = [
        "*" if len(group) == 1 else f"*{number}"
        for number, group in enumerate(kind.needs, start=1)
        if column.key in group
    ]
    return " ".join([column.label, *groups])
