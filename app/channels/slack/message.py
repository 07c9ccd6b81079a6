"""An Answer as Slack messages. Usually one; more when it holds several tables, or more text than a message takes.

Pure: the same answer gives the same messages. Every string in them is safe to show (safe.py) and within Slack's
limits (limits.py); what does not fit is counted and offered as a file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.channels.slack import actions
from app.channels.slack.cards import card_blocks, card_part, card_text
from app.channels.slack.charts import chart_block
from app.channels.slack.elements import button, context, rich, sourced
from app.channels.slack.limits import BUTTONS, CHARTS, FALLBACK_TEXT, MESSAGE_CHARACTERS
from app.channels.slack.safe import escape, markdown
from app.channels.slack.tables import table_block
from app.channels.text import Reader, SourceText, rows_left_text, shorten, source_texts
from app.domain.answer import Answer, AnswerKind, Table

Block = dict[str, Any]
ANSWER = "answer"
"""The part of every run's first message."""

TEXT_IN_ONE = 8_000
TITLE = 150
WORTH_A_FILE = 5
ROOM_FOR_SMALL_PRINT = 1_500
HOW_COUNTED = "How is this counted?"
NO_WORDS = "Here is what I found."


@dataclass(frozen=True)
class Message:
    """One message. `part` names it within its run; `lead` is the Markdown it starts with (what is streamed), `blocks`
    everything after it. `approval_id` is set for cards."""

    part: str
    lead: str
    blocks: tuple[Block, ...]
    text: str
    approval_id: str = ""

    @property
    def all_blocks(self) -> list[Block]:
        """Lead and blocks, for a message that is posted as a whole."""
        lead = [{"type": "markdown", "text": self.lead}] if self.lead else []
        return [*lead, *self.blocks]


def messages(answer: Answer, reader: Reader, turn_id: str) -> list[Message]:
    """The answer's messages in the order they are shown. The first is the one that can be streamed."""
    texts = _split(markdown(answer.text, {source.link for source in answer.sources if source.link}))
    made = [Message(_part(number), text, (), _fallback(text)) for number, text in enumerate(texts[:-1])]
    made.append(_main(answer, reader, turn_id, texts[-1], _part(len(made))))
    for number, table in enumerate(answer.tables[1:], start=1):
        blocks, download = _table(table, reader, turn_id, number, MESSAGE_CHARACTERS - ROOM_FOR_SMALL_PRINT)
        made.append(Message(f"table{number}", "", (*blocks, *_buttons(download)), escape(table.title)))
    for first in range(CHARTS, len(answer.charts), CHARTS):
        blocks = [block for chart in answer.charts[first : first + CHARTS] if (block := chart_block(chart))]
        if blocks:
            made.append(Message(f"charts{first}", "", tuple(blocks), escape(answer.charts[first].title)))
    for card in answer.approvals:
        made.append(
            Message(
                card_part(card.approval_id),
                "",
                tuple(card_blocks(card, reader)),
                escape(card_text(card)),
                card.approval_id,
            )
        )
    return made


def _part(number: int) -> str:
    return ANSWER if number == 0 else f"more{number}"


def _main(answer: Answer, reader: Reader, turn_id: str, text: str, part: str) -> Message:
    blocks: list[Block] = [block for chart in answer.charts[:CHARTS] if (block := chart_block(chart))]
    download: list[Block] = []
    if answer.tables:
        room = MESSAGE_CHARACTERS - ROOM_FOR_SMALL_PRINT - len(text)
        shown, download = _table(answer.tables[0], reader, turn_id, 0, room)
        blocks += shown
    blocks += _choices(answer)
    blocks += _small_print(answer, reader)
    blocks += _buttons([*_next_questions(answer), *download, *_definitions(answer)])
    if answer.kind is AnswerKind.ANSWER:
        blocks.append(_thumbs(turn_id))
    lead = text or ("" if blocks and answer.tables else NO_WORDS)
    return Message(part, lead, tuple(blocks), _fallback(lead or NO_WORDS))


def _table(table: Table, reader: Reader, turn_id: str, number: int, room: int) -> tuple[list[Block], list[Block]]:
    """The table under its title with a line for what is not shown, and the button for the whole of it."""
    title = [rich([(shorten(table.title, TITLE), "bold")])] if table.title else []
    download = [_download(turn_id, number, table)]
    shown = table_block(table, reader, room)
    if shown is None:
        if not table.rows:
            return [*title, context(["No rows"])], []
        return [*title, context([rows_left_text(table, 0)])], download
    blocks = [*(title if shown.block["type"] == "table" else []), shown.block]
    left = [rows_left_text(table, shown.rows)]
    if len(table.columns) > shown.columns:
        left.append(f"{len(table.columns) - shown.columns} more columns")
    left = [line for line in left if line]
    if left:
        blocks.append(context([" · ".join(left)]))
    return blocks, download if left or shown.rows > WORTH_A_FILE else []


def _download(turn_id: str, number: int, table: Table) -> Block:
    value = json.dumps({"turn": turn_id, "table": number}, separators=(",", ":"))
    whole = len(table.rows) == table.row_count
    label = f"Download {table.row_count:,} rows" if whole else "Download as CSV"
    return button(label, f"{actions.DOWNLOAD_CSV}.{number}", value)


def _buttons(elements: list[Block]) -> list[Block]:
    return [{"type": "actions", "elements": elements}] if elements else []


def _choices(answer: Answer) -> list[Block]:
    return _buttons(
        [
            button(choice.label, f"{actions.CHOOSE}.{number}", choice.reply)
            for number, choice in enumerate(answer.choices[:BUTTONS], start=1)
        ]
    )


def _small_print(answer: Answer, reader: Reader) -> list[Block]:
    """One line: where it comes from and how old it is, then the notes."""
    lines = [*source_texts(answer.sources, reader), *map(SourceText, answer.notes)]
    return [sourced(lines)] if lines else []


def _next_questions(answer: Answer) -> list[Block]:
    return [
        button(question, f"{actions.FOLLOW_UP}.{number}", question)
        for number, question in enumerate(answer.follow_ups[:3], start=1)
    ]


def _definitions(answer: Answer) -> list[Block]:
    return [button(HOW_COUNTED, actions.DEFINE, ",".join(answer.definitions))] if answer.definitions else []


def _thumbs(turn_id: str) -> Block:
    def thumb(label: str, value: str) -> Block:
        text = {"type": "plain_text", "text": label, "emoji": True}
        return {"text": text, "value": json.dumps({"turn": turn_id, "verdict": value}, separators=(",", ":"))}

    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": actions.FEEDBACK,
                "positive_button": thumb("Good answer", actions.GOOD),
                "negative_button": thumb("Not helpful", actions.BAD),
            }
        ],
    }


def _split(text: str) -> Sequence[str]:
    """The text in pieces that fit a message each, cut between paragraphs, else lines, else words."""
    pieces: list[str] = []
    rest = text.strip()
    while len(rest) > TEXT_IN_ONE:
        cut = rest.rfind("\n\n", 0, TEXT_IN_ONE)
        if cut < TEXT_IN_ONE // 2:
            cut = max(rest.rfind("\n", 0, TEXT_IN_ONE), rest.rfind(" ", 0, TEXT_IN_ONE))
        if cut <= 0:
            cut = TEXT_IN_ONE
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest]


def _fallback(text: str) -> str:
    """What a notification and a screen reader get."""
    return shorten(text.replace("**", ""), FALLBACK_TEXT) or NO_WORDS
