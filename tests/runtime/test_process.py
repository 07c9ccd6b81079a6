"""What a serving process sets up for itself."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from app.runtime.process import COLLECT_AFTER, SWITCH_AFTER, new_event_loop, settle_in


@pytest.fixture
def as_before() -> Iterator[None]:
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    sys.setswitchinterval(interval)


def test_a_new_loop_runs_work_and_closes() -> None:
    async def work() -> int:
        return 7

    loop = new_event_loop()
    try:
        assert loop.run_until_complete(work()) == 7
    finally:
        loop.close()


@pytest.mark.usefixtures("as_before")
def test_what_is_built_is_left_alone_by_the_collector() -> None:
    settle_in()

    assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == COLLECT_AFTER
    assert sys.getswitchinterval() == pytest.approx(SWITCH_AFTER)
