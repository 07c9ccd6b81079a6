"""The short form of the kill -9 run; `python -m bench.intake --long` is the long one."""

import pytest

from bench._crashes import crash


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_three_kills_under_load_lose_nothing_and_double_nothing(tmp_path):
    outcome = await crash(tmp_path, kills=3, per_second=3)
    assert outcome.asked > 10
    assert (outcome.lost, outcome.doubled) == (0, 0), outcome
