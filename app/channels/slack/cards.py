"""Approval cards: what would be done, to whom, and the buttons; and the same card once it is decided."""

from __future__ import annotations

from typing import Any

from app.channels.slack import actions
from app.channels.slack.elements import Run, button, context, plain, rich
from app.channels.slack.limits import BUTTON_VALUE, CONFIRM_BUTTON, CONFIRM_TEXT, CONFIRM_TITLE, HEADER
from app.channels.text import NOTHING, Reader, count, moment_text, shorten
from app.domain.answer import ApprovalCard, FieldChange

Block = dict[str, Any]
_MARKS: dict[str, str] = {
    "executed": "white_check_mark",
    "declined": "no_entry_sign",
    "expired": "hourglass",
    "failed": "warning",
    "unknown": "grey_question",
}
ONE_CHANGE = 600
CHANGES_SHOWN = 12


def card_blocks(card: ApprovalCard, reader: Reader) -> list[Block]:
    """The card while it waits, with Approve, Edit (when something may be edited) and Decline."""
    return [*_what(card), _small_print(card, reader), _buttons(card)]


def request_blocks(card: ApprovalCard, reader: Reader, requester: str) -> list[Block]:
    """The card for somebody else who may approve it, with who asks."""
    return [rich([(requester, "bold"), " asks for your approval:"]), *card_blocks(card, reader)]


def card_part(approval_id: str) -> str:
    """The name of the part of a run that is this card, wherever it is shown."""
    return f"card:{approval_id}"


def card_text(card: ApprovalCard) -> str:
    """The card in one line, for notifications and screen readers."""
    return f"Waiting for approval: {card.title}"


def again_blocks(card: ApprovalCard, reader: Reader, status: str, sentence: str) -> list[Block]:
    """The card of something that went wrong and may be tried once more: what happened, and the card as it waits."""
    return [outcome_block(status, sentence), *card_blocks(card, reader)]


def outcome_block(status: str, sentence: str) -> Block:
    """What came of it, in one line with a mark."""
    mark = _MARKS.get(status, "information_source")
    return rich([(mark, "emoji"), f" {shorten(sentence, ONE_CHANGE * 2)}"])


def _what(card: ApprovalCard) -> list[Block]:
    lines = [_change(change) for change in card.changes[:CHANGES_SHOWN]]
    if len(card.changes) > CHANGES_SHOWN:
        lines.append([f"… and {count(len(card.changes) - CHANGES_SHOWN, 'more change')}"])
    if card.recipients:
        lines.append([("Goes to: ", "bold"), shorten(", ".join(card.recipients), ONE_CHANGE)])
    blocks: list[Block] = [{"type": "header", "text": plain(card.title, HEADER)}]
    if lines:
        blocks.append(rich(*lines))
    if card.consequence:
        blocks.append(rich([shorten(card.consequence, ONE_CHANGE)]))
    return blocks


def _change(change: FieldChange) -> list[Run]:
    label = (f"{change.label}: ", "bold")
    after = shorten(change.after, ONE_CHANGE) or NOTHING
    if not change.before:
        return [label, after]
    return [label, f"{shorten(change.before, ONE_CHANGE)} → ", (after, "bold")]


def _small_print(card: ApprovalCard, reader: Reader) -> Block:
    return context([f"May be approved by {card.approvers} until {moment_text(card.expires_at, reader)}"])


def _buttons(card: ApprovalCard) -> Block:
    value = shorten(card.approval_id, BUTTON_VALUE)
    approve = button("Approve", actions.APPROVE, value, style="primary")
    if card.recipients:
        approve["confirm"] = _confirm(card)
    elements = [approve]
    if card.editable:
        elements.append(button("Edit", actions.EDIT, value))
    elements.append(button("Decline", actions.DECLINE, value, style="danger"))
    return {"type": "actions", "elements": elements}


def _confirm(card: ApprovalCard) -> Block:
    """What leaves the company cannot be taken back: one more look before it goes."""
    recipients = ", ".join(card.recipients)
    return {
        "title": plain(card.title, CONFIRM_TITLE),
        "text": plain(f"This goes to {recipients} and can't be taken back.", CONFIRM_TEXT),
        "confirm": plain("Approve", CONFIRM_BUTTON),
        "deny": plain("Not yet", CONFIRM_BUTTON),
    }
