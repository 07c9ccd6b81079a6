"""A key is in no log line, trail, error or printed object, whatever a vendor echoes back, on every road there is."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text

from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.clock import CountingIds, FixedClock
from app.gateways.models import ChatModels
from app.gateways.providers import Access, discover
from app.gateways.route_plan import PlannedRoute, RoutePlan
from app.gateways.trail.recorder import TrailRecorder
from app.telemetry.logs import configure_logs
from tests.gateways.standins import PLANNER_SAYS, FixedPlanner, Uses, streamed, turn_model
from tests.gateways.test_roads import Service, event, service

__all__ = ["service"]  # the fixture

KEY = "k7Qz-never-to-be-seen-41ab"  # of no known shape, so that no pattern hides it
ECHOED = {"message": f"Incorrect API key provided: {KEY}", "code": KEY, "type": KEY, "param": KEY}
FAULTS: dict[str, tuple[int, str]] = {
    "refused": (401, json.dumps({"error": ECHOED, "detail": KEY})),
    "limited": (429, json.dumps({"error": ECHOED})),
    "broken": (500, f"<html>{KEY}</html>"),
    "in the stream": (200, event({"error": ECHOED}) + f"event: error\n{event({'type': 'error', 'error': ECHOED})}"),
    "nonsense": (200, f"data: {KEY}\n\n"),
    "cut": (200, event({"id": KEY})),
}


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'sophia.db'}")
    await upgrade(made)
    yield made
    await made.close()


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """What is logged, with nothing taken out: a key must not get so far that it has to be."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = StringIO()
    configure_logs("info", "json", lambda value: value, stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("road", sorted(discover()))
async def test_a_key_is_shown_nowhere(road: str, fault: str, service: Service, db: Database, logged: StringIO) -> None:
    service.status, service.body = FAULTS[fault]
    service.headers = {"x-request-id": KEY}
    provider = discover()[road]
    options = {name.lower(): KEY for name in provider.variables if name.endswith("_KEY")}
    planned = PlannedRoute(provider, Access(KEY, "some-model", service.url, options))
    recorder = TrailRecorder(db, FixedClock(datetime(2026, 11, 30, tzinfo=UTC)), CountingIds(), str)
    models = ChatModels(access=RoutePlan((planned,)), planner=lambda **_: FixedPlanner(), uses=Uses(), records=recorder)
    model = turn_model(models)
    _, whole = await streamed(model)
    await recorder.settle()
    await models.aclose()

    assert service.asked
    assert whole.text == PLANNER_SAYS
    async with db.reading() as session:
        rows = (await session.execute(text("SELECT * FROM model_calls"))).all()
    assert len(rows) == 1
    seen = f"{logged.getvalue()}{rows}{model.trail}{model!r}{planned!r}{models.routes[0].planned!r}{whole!r}"
    assert "model_route_failed" in seen
    assert KEY not in seen
