"""A spreadsheet shared in Slack goes through Slack's own wire, the gate and an approval into the read model."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import func, select

from app.channels.slack.files import SlackFiles
from app.db.engine import Database
from app.db.models.leasing import Lease
from app.domain.clock import CountingIds
from app.domain.principal import Role, Surface
from app.http.outbound import Outbound
from app.imports.load import Desk, import_file
from app.imports.reading import Wishes
from app.imports.shared import SharedImports
from app.sandbox.slack.client import SlackDriver
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.running import LocalSlack
from app.security.people import Member, upsert_people
from app.tools.core.gate import CallOrigin, Gate, Patience, Refused, Waiting, Workbench
from app.tools.core.services import Services
from app.tools.handed.import_file import TOOL
from tests.imports.office import ROLL, UNITS, csv_file
from tests.tools.gatehouse import WORKSPACE, build_gatehouse

JEN = "U07JENNY01"
MIKE = "U07MIKE001"
ORIGIN = CallOrigin("turn-1", "D1:1.0", Surface.SLACK)


async def test_a_rent_roll_shared_in_slack_is_imported_by_who_shared_it_and_nobody_else(
    sqlite_db: Database, tmp_path: Path
) -> None:
    house = await build_gatehouse(sqlite_db)
    everything = frozenset({Role.ADMIN})
    await upsert_people(sqlite_db, WORKSPACE, [Member(JEN, "Jen", everything), Member(MIKE, "Mike", everything)])
    desk = Desk(sqlite_db, WORKSPACE, house.clock, "America/Chicago", house.safeguards.audit, "cli")
    await import_file(desk, csv_file(tmp_path / "units.csv", UNITS), Wishes(create_properties=True))
    roll = io.StringIO()
    csv.writer(roll).writerows(ROLL)
    outbound = Outbound(house.clock)
    async with LocalSlack(SandboxConfig(retry_delays=())) as slack, SlackDriver(slack.url) as people:
        await people.say("jen", "@Sophia", "import this", files={"roll.csv": roll.getvalue().encode()})
        [message] = await people.messages("jen", "@Sophia")
        asked = {"file": message["files"][0]["id"], "property": "Maple Grove"}
        web = AsyncWebClient(token=slack.config.bot_token, base_url=slack.api_url)
        files = SlackFiles(web, outbound, token=slack.config.bot_token, api_url=slack.api_url)
        imports = SharedImports(sqlite_db, house.clock, "America/Chicago", house.safeguards.audit, files.fetch)
        services = Services(messages=None, systems=None, documents=None, imports=imports)  # type: ignore[arg-type]
        bench = Workbench(sqlite_db, house.clock, CountingIds(), services)
        gate = Gate({TOOL.name: TOOL}, bench, house.safeguards, Patience(read=60, prepare=60, write=60))
        other = await gate.call(await house.person(MIKE), TOOL.name, asked, ORIGIN)
        assert isinstance(other, Refused)
        assert other.error.code == "import_not_allowed"
        waiting = await gate.call(await house.person(JEN), TOOL.name, asked, ORIGIN)
        assert isinstance(waiting, Waiting)
        assert await leases(sqlite_db) == 0
        done = await gate.decide(waiting.card.approval_id, await house.person(JEN), "approve")
        assert done.status == "executed", done.sentence
        assert await leases(sqlite_db) == 2
        assert (await gate.decide(waiting.card.approval_id, await house.person(JEN), "approve")).status == "already"
        again = await gate.call(await house.person(JEN), TOOL.name, asked, ORIGIN)
        assert isinstance(again, Refused)
        assert again.error.code == "import_nothing_new"
    await outbound.close()


async def leases(db: Database) -> int:
    async with db.reading() as session:
        return await session.scalar(select(func.count()).select_from(Lease)) or 0
