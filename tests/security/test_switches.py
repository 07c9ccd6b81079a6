"""Kill switches: seen by other processes within seconds, for one workspace or all, and on record."""

from __future__ import annotations

import pytest

from app.db.engine import Database
from app.domain.errors import Fixable, NotAllowed
from app.security.audit import AuditLog
from app.security.keys import KeyRing
from app.security.redaction import Redactor
from app.security.switches import EVERYWHERE, Switches
from tests.tools.gatehouse import MovableClock


def switches(db: Database, clock: MovableClock) -> tuple[Switches, AuditLog]:
    audit = AuditLog(db, KeyRing(b"a secret for tests only").signer("audit"), clock, Redactor().value)
    return Switches(db, clock, audit), audit


async def test_another_process_obeys_within_two_seconds(db: Database) -> None:
    clock = MovableClock()
    here, _ = switches(db, clock)
    there, _ = switches(db, clock)
    await there.require("T1", "tool:send_sms")
    await here.set("T1", "tool:send_sms", on=False, by="U1")
    with pytest.raises(NotAllowed):
        await here.require("T1", "tool:send_sms")
    clock.pass_by(seconds=2)
    with pytest.raises(NotAllowed, match="“Send sms” is switched off at the moment"):
        await there.require("T1", "tool:send_sms")
    await there.require("T1", "tool:look")
    await there.require("T2", "tool:send_sms")


async def test_a_switch_for_all_workspaces_stops_every_one(db: Database) -> None:
    one, _ = switches(db, MovableClock())
    await one.set(EVERYWHERE, "integration:twilio", on=False, by="U1", reason="Carrier trouble.")
    with pytest.raises(NotAllowed, match=r"The connection to Twilio is switched off at the moment: Carrier trouble\."):
        await one.require("T7", "integration:twilio")
    assert [(off.workspace_id, off.name) for off in await one.thrown()] == [("*", "integration:twilio")]


async def test_throwing_a_switch_is_on_record_with_who_and_why(db: Database) -> None:
    one, audit = switches(db, MovableClock())
    await one.set("T1", "bot", on=False, by="U1", reason="drill")
    await one.set("T1", "bot", on=True, by="U2")
    entries = await audit.newest("T1")
    assert [(e.actor, e.action, e.subject) for e in entries] == [
        ("U2", "switch.on", "bot"),
        ("U1", "switch.off", "bot"),
    ]
    await one.require("T1")


@pytest.mark.parametrize("name", ["", "everything", "tool:", "channel:x"])
async def test_a_switch_that_nothing_has_is_refused(sqlite_db: Database, name: str) -> None:
    one, _ = switches(sqlite_db, MovableClock())
    with pytest.raises(Fixable, match="There is no switch"):
        await one.set("T1", name, on=False, by="U1")
