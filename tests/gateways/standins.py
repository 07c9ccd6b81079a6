"""What stands in for the outside in gateway tests: a planner that says one thing, and lists instead of tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from app.domain.names import Names
from app.gateways.failover import TurnModel
from app.gateways.models import ChatModels, ModelTurn
from app.gateways.providers import Access, Deadlines
from app.gateways.usage import ModelUse

PLANNER_SAYS = "From the embedded planner."
QUESTION = [HumanMessage("What is the occupancy at Maple Grove?")]


class FixedPlanner(BaseChatModel):
    """Takes the planner's place: answers without streaming, as the planner may."""

    says: str = PLANNER_SAYS

    @property
    def _llm_type(self) -> str:
        return "fixed"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Any:
        return self

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        if not self.says:
            raise RuntimeError("the planner is broken")
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self.says))])


@dataclass
class Uses:
    rows: list[ModelUse] = field(default_factory=list)

    def record(self, use: ModelUse) -> None:
        self.rows.append(use)


@dataclass
class Hand:
    """A clock that moves when told to."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Providers:
    openai: str
    anthropic: str
    uses: Uses = field(default_factory=Uses)
    hand: Hand = field(default_factory=Hand)
    pauses: list[float] = field(default_factory=list)
    planner_says: str = PLANNER_SAYS
    ledger: Any = None  # both Spending and Admission
    admission: Any = None  # instead of the ledger's
    made: list[ChatModels] = field(default_factory=list)

    def models(self, *names: str, deadlines: Deadlines | None = None) -> ChatModels:
        """ChatModels over the stand-ins; by default OpenAI first, then Anthropic."""
        bases = {"openai": self.openai, "anthropic": self.anthropic}
        models = {"openai": "gpt-4o-mini", "anthropic": "claude-haiku-4-5"}

        async def pause(seconds: float) -> None:
            self.pauses.append(seconds)

        made = ChatModels(
            access={
                name: Access(api_key=f"sk-{name}-secret", model=models[name], base_url=bases[name])
                for name in names or ("openai", "anthropic")
            },
            planner=lambda **_: FixedPlanner(says=self.planner_says),
            uses=self.uses,
            spending=self.ledger,
            admission=self.admission or self.ledger,
            deadlines=deadlines or Deadlines(),
            monotonic=self.hand,
            pause=pause,
        )
        self.made.append(made)
        return made


async def no_names() -> Names:
    return Names()


TURN = ModelTurn(
    turn_id="turn_1",
    workspace_id="T1",
    user_id="U1",
    channel="D1",
    names=no_names,
    now=datetime(2026, 3, 18, 15, 30, tzinfo=UTC),
    timezone="America/Chicago",
)


def turn_model(models: ChatModels) -> TurnModel:
    return models.for_turn(TURN)


async def streamed(model: Any, messages: Any = QUESTION) -> tuple[list[str], AIMessageChunk]:
    """The text pieces in order and the whole message."""
    pieces: list[str] = []
    whole: AIMessageChunk | None = None
    async for chunk in model.astream(messages):
        if chunk.text:
            pieces.append(str(chunk.text))
        whole = chunk if whole is None else whole + chunk
    assert whole is not None
    return pieces, whole
