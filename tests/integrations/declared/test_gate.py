"""Declared tools pass the same gate as all others: rights, approval by a second click, one request, a lost answer
looked up, switches, audit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from app.db.engine import Database
from app.domain.errors import NotAllowed
from app.http.outbound import Outbound
from app.integrations.declared.registry import all_services, open_services
from app.tools.core.gate import Done, Gate, Refused, Waiting
from app.tools.declared.tools import with_declared
from tests.integrations.contract.proxy import FaultProxy, dropped, proxied
from tests.integrations.declared.rig import PassingClock
from tests.integrations.declared.stands import Standing, standing
from tests.tools.gatehouse import ORIGIN, WORKSPACE, Gatehouse, build_gatehouse, gate_with


@dataclass
class Office:
    """The gate over both stand-ins; `lambda_proxy` breaks exchanges that launch or terminate."""

    house: Gatehouse
    gate: Gate
    stand: Standing
    lambda_proxy: FaultProxy

    async def call(self, user: str, name: str, **arguments: Any) -> Any:
        return await self.gate.call(await self.house.person(user), name, arguments, ORIGIN)

    async def approve(self, user: str, waiting: Waiting) -> Any:
        return await self.gate.decide(waiting.card.approval_id, await self.house.person(user), "approve")

    def names(self) -> list[str]:
        return [one["name"] for one in self.stand.machines.instances.values()]


@pytest.fixture
async def office(sqlite_db: Database) -> AsyncIterator[Office]:
    house = await build_gatehouse(sqlite_db)
    async with standing() as stand, proxied(stand.values["lambda_base_url"], b"instance-operations") as proxy:
        clock = PassingClock()
        stand.machines.monotonic = None
        outbound = Outbound(clock, sleep=clock.sleep, monotonic=clock.seconds, chance=lambda: 0.0)
        services = all_services()
        opened = open_services(services, {**stand.values, "lambda_base_url": proxy.url}, outbound)
        house.tools = dict(with_declared({}, services, opened, house.safeguards.switches.require))
        yield Office(house, gate_with(house), stand, proxy)
        await outbound.close()
        assert proxy.slips == []


LAUNCH = {"machine_type": "gpu_1x_a10", "region": "us-east-1", "ssh_key": "team-key", "machine_name": "exp-9"}


async def test_a_read_runs_and_is_audited(office: Office) -> None:
    outcome = await office.call("U-ADA", "list_gpu_machines")
    assert isinstance(outcome, Done)
    assert outcome.presentation.text == "Lambda Cloud has 3 machines."
    assert await office.house.audited() == ["tool.read"]


@pytest.mark.parametrize("user", ["U-MIA", "U-LEO", "U-MAX", "U-GUS"])
@pytest.mark.parametrize("name", ["list_gpu_machines", "terminate_gpu_machine"])
async def test_who_lacks_the_right_gets_nothing_and_nothing_is_asked(office: Office, user: str, name: str) -> None:
    arguments = {} if name == "list_gpu_machines" else {"machine": "notebook-2"}
    outcome = await office.call(user, name, **arguments)
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, NotAllowed)
    assert office.stand.exchanges["lambda_cloud"] == []


async def test_a_launch_waits_for_a_click_and_happens_once(office: Office) -> None:
    waiting = await office.call("U-ADA", "launch_gpu_machine", **LAUNCH)
    assert isinstance(waiting, Waiting)
    assert "exp-9" not in office.names()
    decision = await office.approve("U-ADA", waiting)
    assert (decision.status, decision.sentence) == (
        "executed",
        "Lambda Cloud is starting a gpu_1x_a10 in us-east-1.",
    )
    assert (await office.approve("U-ADA", waiting)).status == "already"
    assert office.names().count("exp-9") == 1
    [made] = [one for one in office.stand.machines.instances.values() if one["name"] == "exp-9"]
    assert made["tags"] == [{"key": "sophia-request", "value": waiting.card.approval_id}]


async def test_a_launch_whose_answer_is_lost_is_looked_up_and_not_repeated(office: Office) -> None:
    waiting = await office.call("U-ADA", "launch_gpu_machine", **LAUNCH)
    office.lambda_proxy.faults = [dropped]
    assert (await office.approve("U-ADA", waiting)).status == "executed"
    assert office.names().count("exp-9") == 1
    assert len(office.lambda_proxy.seen) == 1


async def test_a_launch_that_leaves_no_trace_is_asked_about(office: Office) -> None:
    waiting = await office.call("U-ADA", "launch_gpu_machine", **LAUNCH)
    office.lambda_proxy.faults, office.lambda_proxy.lasting = [None], True
    decision = await office.approve("U-ADA", waiting)
    assert decision.status == "unknown"
    assert "have somebody check" in decision.sentence
    assert "exp-9" not in office.names()
    assert len(office.lambda_proxy.seen) == 1


async def test_a_restart_whose_answer_is_lost_is_asked_about(office: Office) -> None:
    waiting = await office.call("U-ADA", "restart_gpu_machine", machine="batch-3")
    office.lambda_proxy.faults = [dropped]
    assert (await office.approve("U-ADA", waiting)).status == "unknown"
    assert len(office.lambda_proxy.seen) == 1


async def test_what_was_refused_may_not_be_called_done(office: Office) -> None:
    office.stand.machines.free.clear()
    waiting = await office.call("U-ADA", "launch_gpu_machine", **LAUNCH)
    decision = await office.approve("U-ADA", waiting)
    assert (decision.status, "no free machine" in decision.sentence) == ("failed", True)


async def test_a_machine_that_changed_since_is_shown_again(office: Office) -> None:
    waiting = await office.call("U-ADA", "terminate_gpu_machine", machine="batch-3")
    [machine] = [one for one in office.stand.machines.instances.values() if one["name"] == "batch-3"]
    machine["status"] = "unhealthy"
    decision = await office.approve("U-ADA", waiting)
    assert (decision.status, machine["status"]) == ("refused", "unhealthy")
    assert decision.card is not None


async def test_a_service_that_is_switched_off_is_not_asked(office: Office) -> None:
    waiting = await office.call("U-ADA", "terminate_gpu_machine", machine="batch-3")
    before = len(office.stand.exchanges["lambda_cloud"])
    switches = office.house.safeguards.switches
    await switches.set(WORKSPACE, "integration:lambda_cloud", on=False, by="U-ADA", reason="too dear")
    assert isinstance(await office.call("U-ADA", "list_gpu_machines"), Refused)
    assert (await office.approve("U-ADA", waiting)).status == "refused"
    assert len(office.stand.exchanges["lambda_cloud"]) == before
    assert isinstance(await office.call("U-ADA", "list_sentry_projects"), Done)
