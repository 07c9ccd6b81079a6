"""Schedule a recurring summary report posted to a Slack channel."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.tools.core.arguments import ClockTime
from app.tools.core.tool import ToolArgs

Topic = Literal["leasing", "maintenance", "collections", "kpi", "crm"]
Frequency = Literal["daily", "weekly", "monthly"]
DayOfWeek = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

PHRASES: tuple[str, ...] = (
    "post a daily maintenance summary in {channel} at 8",
    "I want a monthly KPI digest in {channel}",
    "schedule daily crm roundup",
    "every thursday drop a maintenance digest into {channel}",
    "send a weekly leasing digest to {channel} on mondays",
    "set up a daily collections report in {channel} at {time}",
    "weekly kpi summary every friday at {time}",
    "every morning at 8 post the leasing summary in {channel}",
    "monthly crm digest please",
    "schedule a weekly delinquency digest in {channel}",
    "post the pipeline summary to {channel} every monday at {time}",
    "give us a daily leasing report in {channel}",
    "i'd like a weekly maintenance roundup",
    "set up a recurring kpi report for {channel}, monthly",
    "daily work order summary at {time}",
    "start sending a weekly collections digest to {channel} each tuesday",
    "each wednesday at {time} send the crm digest to {channel}",
    "can we get a daily leasing digest",
    "automate a weekly numbers report to {channel}",
    "share a monthly collections summary in {channel}",
    "have a maintenance digest go out every day at {time} in {channel}",
    "weekly sales pipeline digest",
    "subscribe {channel} to the daily kpi digest",
    "put a weekly leasing update in {channel} on fridays",
    "schedule a monthly leasing report",
    "drop a daily past due summary in {channel} every morning",
    "create a digest: collections, weekly, {channel}",
    "every monday morning i want a leasing summary",
    "send kpi digest weekly",
    "daily digest for maintenance",
    "every month send the kpi rollup to {channel}",
    "set up weekly delinquency updates",
)


class Args(ToolArgs):
    topic: Topic = Field(description="What the digest covers")
    frequency: Frequency = Field(description="How often")
    channel: str | None = Field(default=None, description="Slack channel, e.g. #ops")
    day_of_week: DayOfWeek | None = Field(default=None, description="Day for weekly digests")
    time: ClockTime | None = Field(default=None, description="Time of day, 24h HH:MM")
