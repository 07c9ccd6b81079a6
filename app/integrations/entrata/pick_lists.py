"""The ids that Entrata wants in place of words: locations, categories, problems, priorities, statuses, employees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app.domain.clock import Clock
from app.domain.errors import Fixable, NotFound
from app.integrations.entrata.client import EntrataClient, Method
from app.integrations.entrata.fields import as_list, inside, number, text
from app.integrations.entrata.statuses import CATEGORY, PRIORITY, WORK_ORDER

PICK_LISTS: Final = Method("maintenance", "getWorkOrderPickLists")
_FRESH: Final = timedelta(hours=1)
_LOCATIONS: Final = ("unit", "apartment", "interior", "inside")
_CATCH_ALL: Final = ("other", "general", "miscellaneous")
_WORD: Final = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class PickLists:
    """Ids by lower-cased name, in Entrata's order."""

    locations: Mapping[str, int]
    priorities: Mapping[str, int]
    statuses: Mapping[str, int]
    categories: Mapping[str, int]
    problems: Mapping[str, int]
    employees: Mapping[str, int]

    def location(self) -> int:
        """Where work in an apartment happens."""
        return self._first(self.locations, _LOCATIONS, "maintenance location")

    def category(self, canonical: str) -> int:
        names = [name for name, state in CATEGORY.items() if state == canonical]
        return self._first(self.categories, names, f"category for {canonical}")

    def priority(self, canonical: str) -> int:
        names = [name for name, state in PRIORITY.items() if state == canonical]
        return self._first(self.priorities, names, f"priority {canonical}", fall_back=False)

    def status(self, canonical: str) -> int:
        names = [canonical.replace("_", " "), *(name for name, state in WORK_ORDER.items() if state == canonical)]
        return self._first(self.statuses, names, f"status {canonical.replace('_', ' ')}", fall_back=False)

    def problem(self, description: str) -> int:
        """The problem whose words all stand in the description (the longest name wins), else the catch-all one."""
        said = set(_WORD.findall(description.lower()))
        fitting = [name for name in self.problems if set(_WORD.findall(name)) and set(_WORD.findall(name)) <= said]
        if fitting:
            return self.problems[max(fitting, key=len)]
        return self._first(self.problems, _CATCH_ALL, "maintenance problem")

    def employee(self, name: str) -> int | None:
        """The employee of that full name, or the only one with that first name; None when there is none."""
        wanted = " ".join(name.lower().split())
        if wanted in self.employees:
            return self.employees[wanted]
        first = [found for found in self.employees if found.partition(" ")[0] == wanted]
        return self.employees[first[0]] if len(first) == 1 else None

    def _first(self, table: Mapping[str, int], names: Iterable[str], what: str, *, fall_back: bool = True) -> int:
        for name in names:
            if name in table:
                return table[name]
        if table and fall_back:
            return next(iter(table.values()))
        raise Fixable(
            f"Entrata has no {what} in its pick lists for this community.",
            next_step="An administrator of Entrata can add it there.",
            code="entrata_pick_list",
        )


class PickListCache:
    """Pick lists by property, fetched again after an hour."""

    def __init__(self, client: EntrataClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._kept: dict[int, tuple[datetime, PickLists]] = {}

    async def of(self, property_id: int) -> PickLists:
        now = self._clock.now()
        kept = self._kept.get(property_id)
        if kept is not None and now - kept[0] < _FRESH:
            return kept[1]
        found = await self._client.call(PICK_LISTS, {"propertyIds": str(property_id)})
        lists = PickLists(
            locations=_table(inside(found, "Property", "Locations", "Location")),
            priorities=_table(inside(found, "Property", "Priorities", "Priority")),
            statuses=_table(inside(found, "Property", "StatusTypes", "StatusType")),
            categories=_table(inside(found, "Property", "Categories", "Category")),
            problems=_table(inside(found, "Property", "Problems", "Problem")),
            employees=_table(inside(found, "CompanyEmployees", "CompanyEmployee")),
        )
        self._kept[property_id] = (now, lists)
        return lists


def unknown_assignee(name: str, lists: PickLists) -> NotFound:
    """The error for a name that is neither an employee nor a vendor."""
    first = name.lower().partition(" ")[0]
    near = tuple(found.title() for found in lists.employees if first in found)[:3]
    return NotFound(
        f"Entrata has no technician or vendor called “{name}”.",
        near=near,
        next_step="Please give me the full name as it stands in Entrata.",
        code="assignee_unknown",
    )


def _table(value: Any) -> dict[str, int]:
    table: dict[str, int] = {}
    for item in as_list(value):
        try:
            found = number(inside(item, "Id"))
        except ValueError:
            continue  # an entry without a usable id can't be picked
        if found is not None:
            table.setdefault(" ".join(text(inside(item, "Name")).lower().split()), found)
    return table
