"""Slack's limits on what is written to it. Each was read in Slack's documentation unless marked.

https://docs.slack.dev/reference/block-kit/blocks and …/block-elements
"""

from __future__ import annotations

MESSAGE_BLOCKS = 50
MESSAGE_CHARACTERS = 12_000
"""All texts of a message's blocks together. Not documented: Slack refuses about 13,200 (`msg_blocks_too_long`)."""

HEADER = 150
FALLBACK_TEXT = 3_900
CONTEXT_ELEMENTS = 10
CONTEXT_TEXT = 2_000
BUTTONS = 25
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
TABLE_ROWS = 100  # with the header row
TABLE_COLUMNS = 20
TABLE_CHARACTERS = 10_000
DATA_TABLE_PAGE = 15
CHARTS = 2
CHART_TITLE = 50
CHART_SERIES = 6
CHART_CATEGORIES = 20
CHART_LABEL = 20
TASK_TEXT = 256  # soft limit
VIEW_BLOCKS = 100
MODAL_TITLE = 24
MODAL_BUTTON = 24
STREAM_SECONDS = 300
"""A stream lives about five minutes, even while it is appended to."""
