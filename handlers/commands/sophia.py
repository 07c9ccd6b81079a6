"""`/sophia <question>`: answered in the direct message, where nobody else reads along. Empty or `help`: help."""

from __future__ import annotations

from app.channels.slack.elements import context
from app.runtime.intake import Arrival
from handlers.core.asking import asked_privately
from handlers.core.deps import Deps
from handlers.core.examples import help_text
from handlers.core.incoming import Incoming
from handlers.core.interaction import Interaction, Json

HELP = frozenset({"", "help", "?", "hilfe", "ayuda", "aide"})


def question_in(incoming: Incoming) -> str:
    """What stands behind the command."""
    return str(incoming.body.get("text") or "").strip()


async def store(incoming: Incoming, deps: Deps) -> Arrival | None:
    """A question becomes a turn; help needs none."""
    question = question_in(incoming)
    return None if question.lower() in HELP else asked_privately(incoming, question)


async def respond(incoming: Incoming, deps: Deps) -> Json | None:
    """What only the person sees at once."""
    if question_in(incoming).lower() not in HELP:
        return {"response_type": "ephemeral", "text": "On it. I'm answering in our direct message."}
    person = await deps.principal_of(incoming.workspace_id, incoming.user_id)
    text = await help_text(person, deps)
    blocks = [{"type": "markdown", "text": text}, context(["/sophia <question> asks from anywhere"])]
    return {"response_type": "ephemeral", "text": text, "blocks": blocks}


INTERACTION = Interaction("command", "/sophia", before_ack=store, at_once=respond)
