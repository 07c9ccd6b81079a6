"""The CRM's tools with HubSpot connected: what they write lands there, and every answer names it as its source."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.db.engine import Database
from app.domain.clock import CountingIds
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.integrations.registry import all_connectors
from app.integrations.systems import ConnectedSystems
from app.portfolio.register import Register
from app.portfolio.sync import sync_source
from app.sandbox.portfolio.load import load_team
from app.sandbox.portfolio.portfolio import Portfolio
from app.sandbox.slack.seed import demo_workspace
from app.tools.core.registry import all_tools
from app.tools.core.services import Services
from app.tools.core.tool import Presentation, ToolContext
from tests.integrations.hubspot.rig import TODAY, Stand, standing
from tests.knowledge.shelves import documents_in
from tests.tools.conftest import Outbox

WORKSPACE = WorkspaceId("W1")
BEN = next(person for person in demo_workspace().people if person.first_name == "Ben")
SALES = Principal(WORKSPACE, UserId(BEN.id), BEN.name, frozenset({Role.ADMIN}))


@dataclass
class Connected:
    stand: Stand
    db: Database

    def context(self, key: str) -> ToolContext:
        systems = ConnectedSystems(
            self.db, [self.stand.connector], all_connectors(), Register(self.db, self.stand.clock)
        )
        services = Services(messages=Outbox(), systems=systems, documents=documents_in(self.db))
        return ToolContext(SALES, self.stand.clock, CountingIds(), self.db, services, idempotency_key=key)

    async def do(self, tool_name: str, /, **given: Any) -> tuple[Presentation, tuple[str, ...]]:
        """Prepared and carried out; what is shown, and the systems it came from."""
        tool = all_tools()[tool_name]
        arguments = given
        if tool.prepare is not None:
            arguments = (await tool.prepare(self.context(""), tool.args.model_validate(given))).arguments
        args = tool.args.model_validate(arguments)
        result = await tool.run(self.context("k1"), args)
        return tool.present(args, result), tuple(source.system for source in result.sources)


@pytest.fixture
async def crm(tmp_path: Path, sqlite_db: Database) -> AsyncIterator[Connected]:
    async with standing(tmp_path / "hubspot") as stand:
        assert (await sync_source(sqlite_db, WORKSPACE, stand.connector, clock=stand.clock)).ok
        await load_team(sqlite_db, WORKSPACE, demo_workspace(), Portfolio(7, TODAY, size=1))
        yield Connected(stand, sqlite_db)


async def test_open_deals_come_from_hubspot(crm: Connected) -> None:
    shown, sources = await crm.do("search_deals")
    assert "open deals" in shown.text
    assert sources == ("HubSpot",)


async def test_a_deal_moves_in_hubspot_and_the_card_says_where(crm: Connected) -> None:
    tool = all_tools()["update_deal_stage"]
    args = tool.args.model_validate({"deal": "Greystone Capital", "stage": "negotiation"})
    assert tool.prepare is not None
    assert "in HubSpot" in (await tool.prepare(crm.context(""), args)).consequence
    shown, sources = await crm.do("update_deal_stage", deal="Greystone Capital", stage="negotiation")
    assert shown.text.endswith("is in negotiation now.")
    assert sources == ("HubSpot",)
    held = next(one for one in crm.stand.store.living("deals") if "Greystone" in one.properties["dealname"])
    assert held.properties["dealstage"] == "contractsent"


async def test_a_note_a_task_and_a_contact_land_in_hubspot(crm: Connected) -> None:
    assert (await crm.do("log_call_note", contact="Dana Whitman", note="Likes Tuesdays"))[1] == ("HubSpot",)
    assert (await crm.do("create_task", title="Call Dana", due_date="2026-03-20"))[1] == ("HubSpot",)
    shown, sources = await crm.do("create_contact", name="Paul Reyes", company="Reyes Group", email="p@reyes.example")
    assert (shown.text, sources) == ("Paul Reyes at Reyes Group is in the CRM now.", ("HubSpot",))
    new = {kind: [one.properties for one in crm.stand.store.living(kind) if one.id > 50_000_000_000]
           for kind in ("notes", "tasks", "contacts", "companies")}  # fmt: skip
    assert {kind: len(found) for kind, found in new.items()} == {"notes": 1, "tasks": 1, "contacts": 1, "companies": 1}
    owner = next(one for one in crm.stand.store.owners if one["id"] == new["tasks"][0]["hubspot_owner_id"])
    assert owner["email"] == demo_workspace().email(BEN)


async def test_a_task_without_a_date_is_kept_by_sophia_and_listed_with_the_others(crm: Connected) -> None:
    shown, sources = await crm.do("create_task", title="Order carpet samples")
    assert sources == ("Sophia's register",)
    listed, both = await crm.do("list_tasks", assignee=BEN.name)
    assert listed.table is not None
    assert "Order carpet samples" in {row[0] for row in listed.table.rows}
    assert set(both) == {"HubSpot", "Sophia's register"}
    assert shown.text.startswith("“Order carpet samples” is on")
