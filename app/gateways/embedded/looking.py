"""When the company's documents are asked before anything else is done, and with which words.

The planner knows the requests that its tools do; most questions about rules share their nouns with one of them, or with
none. A look costs little and answers only what stands there, so in doubt it comes first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.domain.following import made_whole
from app.gateways.embedded.clauses import starts_like_request
from app.gateways.embedded.entities import Entities
from app.gateways.embedded.followups import CUE, DOCUMENTS, LONGEST_ADDITION
from app.gateways.embedded.lexicon.out_of_scope import is_unsupported
from app.gateways.embedded.lexicon.rules import asks_for_a_rule
from app.gateways.embedded.plan import Call, Plan, Result

LONGEST_TOPIC = 300  # characters
SURE = 0.9  # confidence from which a plan needs no second thought
UNSURE = 0.6  # confidence below which any question is looked up before the person is asked back
_FEWEST = 4  # words of a question or a remark that can be looked up
_QUESTION = re.compile(
    r"(?i)(?:^|[,.;:!?] ?)(?:(?:between|from|by|for|until|on|in|at|to) )?(?:how|what|who|when|where|which|why|can|"
    r"could|may|must|should|do|does|is|are|am)\b(?:'?s)?(?: \S+){2}|\?\s*$"
)


def comes_first(plan: Plan, message: str, found: Entities) -> bool:
    """True when the documents may know better than what is planned. `found` is what the message names."""
    if any(call.name == DOCUMENTS for call in plan.calls) or len(message.split()) < _FEWEST:
        return False
    question = _QUESTION.search(message) is not None
    if plan.calls or plan.partial is not None:
        guessed = plan.confidence < UNSURE and (question or _is_remark(message))
        return not _names_something(found) and plan.confidence < SURE and (guessed or asks_for_a_rule(message))
    if _names_something(found) and found.when() and not asks_for_a_rule(message):
        return False  # "website visits of Stonegate this month": about what was, which stands in no document
    if plan.action == "clarify":
        return (question or _is_remark(message)) and (plan.confidence < UNSURE or asks_for_a_rule(message))
    if plan.action == "chitchat":
        return question and plan.confidence < SURE
    return question or _is_remark(message)


def comes_after(results: Sequence[Result], message: str, found: Entities) -> bool:
    """True when nothing came of what was done, and the documents may know."""
    question = _QUESTION.search(message) is not None or asks_for_a_rule(message)
    return all(one.failed for one in results) and question and not _names_something(found)


def topic(message: str, calls: Sequence[Call]) -> str:
    """What to look up: the message, behind the question that it goes on from."""
    if calls and calls[-1].name == DOCUMENTS and CUE.match(message) and len(message.split()) <= LONGEST_ADDITION:
        return made_whole(str(calls[-1].arguments.get("query", "")), message)[:LONGEST_TOPIC]
    return message[:LONGEST_TOPIC]


def _is_remark(message: str) -> bool:
    """ "Same repair came back after two weeks": neither a request nor small talk."""
    return not starts_like_request(message) and not is_unsupported(message) and len(message.split()) > _FEWEST


def _names_something(found: Entities) -> bool:
    return any(not mention.weak for mention in found.names) or any(one.sure for one in found.ids)
