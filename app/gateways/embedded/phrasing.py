"""What Sophia says when no language model is there: the tools' own sentences put together, questions, refusals."""

import textwrap
from collections.abc import Sequence

from app.gateways.embedded.lexicon.replies import refusal, small_talk
from app.gateways.embedded.plan import Plan, Result

LONGEST_QUOTE = 80  # characters


def from_results(results: Sequence[Result], remark: str = "") -> str:
    """The answer: each tool's sentences once, in the order of the calls, then the remark made with them. Adds no
    figure of its own."""
    texts = list(dict.fromkeys(result.text for result in results if result.text))
    if not texts:
        texts = ["That ran, but there was nothing to show for it."]
    return "\n\n".join([*texts, remark] if remark else texts)


def left_out(plan: Plan) -> str:
    """What is said of the parts of a message that no tool can do."""
    if not plan.left_out:
        return ""
    quoted = "” or “".join(textwrap.shorten(part, LONGEST_QUOTE, placeholder=" …") for part in plan.left_out)
    return f"I can't help with “{quoted}”."


def without_tools(plan: Plan, message: str, examples: tuple[str, ...]) -> str:
    """The answer to small talk, a question back in plain text, or a refusal that says what to ask instead."""
    if plan.action == "chitchat":
        return plan.question or small_talk(message)
    if plan.action == "decline":
        return refusal(examples)
    question = plan.question or "What would you like me to do, and for which property or person?"
    if plan.options:
        return question + "\n" + "\n".join(f"• {option}" for option in plan.options)
    return question
