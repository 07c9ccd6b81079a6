"""However long and odd a text is, reading it takes no longer than its length asks for: a pattern that goes back over
the same run again and again would hold up everybody's turns for minutes."""

from __future__ import annotations

import pytest

from app.agent.cleaning import cleaned
from app.agent.mentions import mentions
from app.channels.slack import safe
from app.security.redaction import Redactor

RUNS = [
    "a",
    "A",
    "1",
    " ",
    "\n",
    "-",
    "[",
    "[a](",
    "![",
    "<",
    "<!",
    "a-",
    "1-",
    "1,",
    "a.",
    "one ",
    "may ",
    "a://",
    "/",
    "(",
]


@pytest.mark.parametrize("run", RUNS)
def test_a_run_of_a_hundred_thousand_is_read_at_once(run: str) -> None:
    text = (run * 100_000)[:100_000] + "!"
    assert len(cleaned(text)) <= len(text)
    assert all(mention.end <= len(text) for mention in mentions(text))
    assert len(safe.markdown(text)) <= 6 * len(text)
    assert Redactor().text(text)
