"""The records in a decoded answer: where the file says they lie, each once, and the one that is meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.integrations.declared.cells import Hidden
from app.integrations.declared.definition import Listing
from app.integrations.declared.operation import LookUp
from app.integrations.declared.paths import EITHER, EVERY, found, holds
from app.integrations.declared.requests import as_text, filled


class NoRecords(ValueError):
    """They are not where they should be: a mistake is never taken for an empty list."""


@dataclass(frozen=True)
class Records:
    """What an operation brought. `more`: the service has further rows that were not read. `as_of`: when it answered."""

    rows: tuple[Any, ...]
    hidden: Hidden
    as_of: datetime
    more: bool = False


def records_in(listing: Listing, answer: Any) -> list[Any]:
    """The records of an answer. Raises NoRecords."""
    if listing.record is not None:
        taken = [one for one in found(answer, listing.record) if isinstance(one, dict)]
        if len(taken) != 1 or not taken[0]:
            raise NoRecords("no record in it")
        return taken
    path = listing.rows or ""
    of_object = path.split(".")[-1] == EVERY
    bare = path.removesuffix(EVERY).removesuffix(".")
    lists = found(answer, bare)
    if not lists or not holds(answer, bare) or not all(isinstance(one, dict if of_object else list) for one in lists):
        raise NoRecords("no list in it")
    return [row for one in lists for row in (one.values() if isinstance(one, dict) else one)]


def new_ones(page: list[Any], key: str, known: set[str]) -> list[Any]:
    """The rows that no page before brought, noted in `known`: a list that changes while it is read shows some twice."""
    if not key:
        return page
    fresh: list[Any] = []
    for row in page:
        marks = found(row, key)
        mark = as_text(marks[0]) if marks else ""
        if mark and mark in known:
            continue
        known.add(mark)
        fresh.append(row)
    return fresh


def meant(records: list[Any], lookup: LookUp, values: Mapping[str, Any]) -> list[Any]:
    """The records that hold one of the wanted values at each path of the look-up."""
    return [record for record in records if all(_there(record, path, lookup, values) for path in lookup.where)]


def _there(record: Any, path: str, lookup: LookUp, values: Mapping[str, Any]) -> bool:
    wanted = lookup.where[path]
    options = {filled(one, values) for one in ([wanted] if isinstance(wanted, str) else wanted)}
    there = {as_text(one) for either in path.split(EITHER) for one in found(record, either)}
    return bool(options & there)
