"""The embedded planner: plain words in, tool calls out, with no key, no network and no model download.

Start at `planner.Planner` (the decisions) and `model.EmbeddedPlanner` (the LangChain face). Everything it knows of
tools comes from their specs and phrases, everything it knows of names from the data.
"""

from app.gateways.embedded.model import EmbeddedPlanner
from app.gateways.embedded.plan import Call, Plan
from app.gateways.embedded.planner import Planner

__all__ = ["Call", "EmbeddedPlanner", "Plan", "Planner"]
