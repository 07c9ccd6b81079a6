"""Schedule a recurring summary report posted to a Slack channel."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.tools.core.arguments import ClockTime
from app.tools.core.tool import ToolArgs

Topic = Literal["leasing", "maintenance", "collections", "kpi", "crm"]
Frequency = Literal["daily", "weekly", "monthly"]
DayOfWeek = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

PHRASES: tuple[str, ...] = ()


class Args(ToolArgs):
    topic: Topic = Field(description="What the digest covers")
    frequency: Frequency = Field(description="How often")
    channel: str | None = Field(default=None, description="Slack channel, e.g. #ops")
    day_of_week: DayOfWeek | None = Field(default=None, description="Day for weekly digests")
    time: ClockTime | None = Field(default=None, description="Time of day, 24h HH:MM")
