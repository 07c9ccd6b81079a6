"""The embedded planner: plain words in, tool calls out, with no key, no network and no model download.

Start at `planner.Planner` (the decisions) and `model.EmbeddedPlanner` (the LangChain face). Everything it knows of
tools comes from their specs and phrases, everything it knows of names from the data.
"""

from typing import TYPE_CHECKING, Any

from app.gateways.embedded.plan import Call, Plan
from app.gateways.embedded.planner import Planner

if TYPE_CHECKING:
    from app.gateways.embedded.model import EmbeddedPlanner

__all__ = ["Call", "EmbeddedPlanner", "Plan", "Planner"]


def __getattr__(name: str) -> Any:
    """Loads the LangChain face only for those who use it: planning alone starts in half the time."""
    if name == "EmbeddedPlanner":
        from app.gateways.embedded.model import EmbeddedPlanner  # noqa: PLC0415

        return EmbeddedPlanner
    raise AttributeError(name)
