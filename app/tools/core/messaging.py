"""What the tools that send messages share: how a recipient is shown, where a delivery's record is, and what became of
a message whose answer was lost."""

from __future__ import annotations

from app.domain.answer import Source
from app.domain.delivery import Delivery
from app.portfolio.recipients import Recipient
from app.tools.core.tool import ToolContext


def shown_as(found: Recipient, address: str) -> str:
    """`Priya Patel (resident, Parkview Tower 12B), (913) 555-0177`, or the bare address of somebody nobody knows."""
    return f"{found.name} ({found.who}), {address}" if found.name else address


def record_of(ctx: ToolContext, delivery: Delivery) -> tuple[Source, ...]:
    """The provider's record of a message."""
    record = f"Message {delivery.message_id}"
    return (Source(system=delivery.provider.capitalize(), record=record, as_of=ctx.clock.now()),)


async def delivered(ctx: ToolContext) -> Delivery | None:
    """The delivery under the call's idempotency key, None when the message did not go out. Raises OutcomeUnknown."""
    return await ctx.services.messages.find(
        workspace_id=ctx.principal.workspace_id, idempotency_key=ctx.idempotency_key
    )


def state_of(status: str) -> str:
    """The end of a sentence about a message."""
    return "was sent" if status == "sent" else "is on its way"
