"""What Sophia suggests can be asked about the person's own communities, people and companies."""

from __future__ import annotations

import re

import pytest

from app.domain.names import Names
from app.domain.samples import SAMPLE_NAME, in_own_names
from app.tools.core.registry import all_tools

OWN = Names(
    properties={"Birch Court": (), "Elsewhere House": ()},
    communities=("Birch Court",),
    residents=("Ada Byron",),
    contacts=("Grace Hopper", "Dana Whitman"),
    companies=("Analytical Engines",),
    team=("Charles Babbage",),
    vendors=(),
)
# Words with a capital that are no names of data: what the example creates, and words of the trade.
OTHERS = set(
    """NOI Compare Irene Walsh Paul Reyes Laura Simmons Unit New New Renewal Feb April January February March
June May Friday Monday Tuesday Thursday The Look Email Text Send CRM CFOs AI KPI SMS LOI WO Set Put Post""".split()
)


@pytest.mark.parametrize(
    ("examples", "said"),
    [
        (["Open work orders at Maple Grove"], "Open work orders at Birch Court"),
        (["Look up Linda Nguyen"], "Look up Ada Byron"),
        (["What did Dana Whitman say about cap rates?"], "What did Dana Whitman say about cap rates?"),
        (["What's on Jen's plate?"], "What's on Charles Babbage's plate?"),
        (["Invoices from CoolBreeze", "Which bills are overdue?"], "Which bills are overdue?"),
        (["Compare NOI between Parkview and Stonegate"], ""),  # one community cannot be compared with itself
        (["Show overdue tasks"], "Show overdue tasks"),
    ],
)
def test_an_example_is_said_in_the_persons_own_names(examples: list[str], said: str) -> None:
    assert in_own_names(examples, OWN) == said


def test_every_name_in_the_tools_examples_is_known_as_one() -> None:
    for tool in all_tools().values():
        for example in tool.examples:
            rest = SAMPLE_NAME.sub("…", example)
            capitals = re.findall(r"(?<![.?!:…] )(?<!^)\b[A-Z][a-z]\w+", rest)
            assert not set(capitals) - OTHERS, f"{tool.name}: {example}"


def test_a_short_form_of_the_persons_own_community_is_not_set_against_its_full_name() -> None:
    one = Names(communities=("Maple Grove",))
    assert in_own_names(["Which has better occupancy, Maple or Oakwood?"], one) == ""
    two = Names(communities=("Maple Grove", "Birch Court"))
    said = in_own_names(["Which has better occupancy, Maple or Oakwood?"], two)
    assert said == "Which has better occupancy, Maple or Birch Court?"
