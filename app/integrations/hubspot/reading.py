"""Reads HubSpot's records page by page.

A full reading lists a type. An incremental one searches what was modified since, in the order of the records' ids and
always beyond the last id: no page lies behind another one, so that a search's cap of 10,000 results loses nothing and
a record that changes meanwhile is neither lost nor doubled. What was deleted since comes from the list of archived
records. The parts of a reading: `list`; `search`, then `archived`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.integrations.base import Batch, Page, Problems, Reading
from app.integrations.hubspot.client import NEXT, SEARCH_LANE, HubSpotClient, Request
from app.integrations.hubspot.directory import NEW, Directory
from app.integrations.hubspot.fields import milliseconds
from app.integrations.hubspot.ids import read_model_id
from app.integrations.hubspot.models import CrmRecord, Links
from app.integrations.hubspot.rows import KINDS, Kind, RowMaker
from app.integrations.pagers import ByLastId
from app.integrations.paging import Listing, Mark
from app.integrations.records import parsed

LISTED: Final = 100
FOUND: Final = 200
_NONE: Final = "crm.associations.NO_ASSOCIATIONS_FOUND"


class CrmReader:
    """Reads the types of `KINDS`. `zone` is the company's: the day of a moment is the day there."""

    def __init__(self, client: HubSpotClient, directory: Directory, zone: ZoneInfo) -> None:
        self._client, self._directory, self._zone = client, directory, zone

    async def read(self, reading: Reading) -> Page:
        """One page of a resource."""
        kind = KINDS[reading.resource]
        if reading.since is None:
            return await self._listed(kind, Mark.of(reading.cursor, "list"))
        mark = Mark.of(reading.cursor, "search")
        read = self._archived if mark.part == "archived" else self._modified
        return await read(kind, mark, reading.since)

    async def one(self, resource: str, number: str) -> Page:
        """A record as it is now; it is `gone` when HubSpot has it no more. Raises NotFound for an archived one too."""
        kind = KINDS[resource]
        params = {"properties": ",".join(kind.properties)}
        request = Request(f"read_{resource}", "GET", f"/crm/v3/objects/{kind.object_type}/{number}", params)
        problems = Problems()
        return await self.page(kind, [await self._client.call(request)], "", problems)

    async def page(self, kind: Kind, items: Sequence[Any], cursor: str, problems: Problems) -> Page:
        """The rows of records, with what hangs on them."""
        records = parsed(kind.model, list(items), problems, id_key="id")
        living = [record for record in records if not record.archived]
        reference = await self._directory.reference(*kind.refers_to)
        if not all(reference.knows(record) for record in living):
            reference = await self._directory.reference(*kind.refers_to, oldest=NEW)
        links = await self._links(kind, [record.id for record in living], problems)
        rows = RowMaker(reference, self._zone, problems, links).rows(living)
        gone = tuple((kind.table, read_model_id(record.id)) for record in records if record.archived)
        return Page((Batch(kind.table, rows),), cursor, problems.all(), gone)

    async def _listed(self, kind: Kind, mark: Mark) -> Page:
        step = await self._list(kind).step(mark)
        return await self.page(kind, step.records, step.cursor(), Problems())

    async def _archived(self, kind: Kind, mark: Mark, since: datetime) -> Page:
        """What was deleted since. HubSpot keeps archived records for 90 days, in no order of time."""
        step = await self._list(kind, archived=True).step(mark)
        problems = Problems()
        records = parsed(CrmRecord, step.records, problems, id_key="id")
        gone = [one for one in records if one.archived_at is None or one.archived_at >= since]
        return Page((), step.cursor(), problems.all(), tuple((kind.table, read_model_id(one.id)) for one in gone))

    async def _modified(self, kind: Kind, mark: Mark, since: datetime) -> Page:
        found = self._client.listing(f"search_{kind.object_type}", partial(self._search, kind, since), BEYOND)
        step = await found.step(mark)
        return await self.page(kind, step.records, step.cursor("archived"), Problems())

    def _list(self, kind: Kind, *, archived: bool = False) -> Listing:
        return self._client.listing(f"list_{kind.object_type}", partial(self._request, kind, archived))

    def _request(self, kind: Kind, archived: bool, after: str) -> Request:
        params = {"limit": str(LISTED), "properties": ",".join(kind.properties)}
        if archived:
            params |= {"archived": "true"}
        if after:
            params |= {"after": after}
        return Request(f"list_{kind.object_type}", "GET", f"/crm/v3/objects/{kind.object_type}", params)

    def _search(self, kind: Kind, since: datetime, last: str) -> Request:
        filters = [{"propertyName": kind.modified, "operator": "GTE", "value": milliseconds(since)}]
        if last:
            filters.append({"propertyName": "hs_object_id", "operator": "GT", "value": last})
        return search(kind.object_type, filters, kind.properties, limit=FOUND)

    async def _links(self, kind: Kind, ids: Sequence[str], problems: Problems) -> dict[str, str]:
        """From each record's id to the record of `kind.links_to` that it hangs on."""
        if not kind.links_to or not ids:
            return {}
        path = f"/crm/v4/associations/{kind.object_type}/{kind.links_to}/batch/read"
        body = {"inputs": [{"id": one} for one in dict.fromkeys(ids)]}
        request = Request(f"links_{kind.object_type}", "POST", path, body=body)
        answer = await self._client.call(request)
        results = answer.get("results")
        if not isinstance(results, list):
            raise self._client.nonsense(request, "no results in it")
        for error in answer.get("errors") or []:
            if not isinstance(error, dict) or error.get("subCategory") != _NONE:
                problems.add(f"associations of {kind.object_type} that HubSpot did not give", str(error)[:80])
        return {one.id: one.first for one in parsed(Links, results, problems, id_key="from")}


def search(
    object_type: str, filters: Sequence[dict[str, str]], properties: Sequence[str], *, limit: int, sort: str = ""
) -> Request:
    """A search's first page, in the order of ids unless `sort` names another property. All five keys are sent: the
    published description requires them."""
    body: dict[str, Any] = {
        "filterGroups": [{"filters": list(filters)}],
        "sorts": [sort or "hs_object_id"],
        "properties": list(properties),
        "limit": limit,
        "after": "0",
    }
    path = f"/crm/v3/objects/{object_type}/search"
    return Request(f"search_{object_type}", "POST", path, body=body, lane=SEARCH_LANE)


def _number(item: Any) -> int:
    found = item.get("id") if isinstance(item, dict) else None
    return int(found) if isinstance(found, str) and found.isdecimal() else 0


BEYOND: Final = ByLastId(_number, more=lambda answer: bool(NEXT(answer)))
