"""What Sentry's stand-in holds, with every field that the real one always sends."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

Json = dict[str, Any]
_FLAGS: Final = (
    "hasAccess hasFeedbacks hasFlags hasMinifiedStackTrace hasMonitors hasNewFeedbacks hasProfiles hasReplays"
    " hasSessions hasInsightsHttp hasInsightsDb hasInsightsAssets hasInsightsAppStart hasInsightsScreenLoad"
    " hasInsightsVitals hasInsightsCaches hasInsightsQueues hasInsightsAgentMonitoring hasInsightsMCP hasLogs"
    " hasTraceMetrics hasUserReports isBookmarked isMember firstTransactionEvent"
).split()
_TITLES: Final = (
    ("TypeError", "Cannot read properties of undefined (reading 'rent')", "app/pay/form.tsx"),
    ("ConnectionError", "The payment provider refused the connection", "app/pay/client.py"),
    ("KeyError", "'unit_id'", "leasing/quotes.py"),
    ("TimeoutError", "Work order list took longer than 30 s", "portal/maintenance.ts"),
)


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def project_of(number: int, slug: str, made: datetime) -> Json:
    team = {"id": "1", "name": "Software", "slug": "software"}
    return {
        **dict.fromkeys(_FLAGS, False),
        "id": str(number),
        "slug": slug,
        "name": slug.replace("-", " ").title(),
        "platform": "python",
        "dateCreated": moment(made),
        "features": [],
        "firstEvent": moment(made + timedelta(days=1)),
        "access": [],
        "team": team,
        "teams": [team],
        "platforms": ["python"],
        "environments": ["production"],
        "latestRelease": None,
    }


def issue_of(issue_id: int, number: int, project: Json, org: str, seen: datetime) -> Json:
    kind, value, where = _TITLES[number % len(_TITLES)]
    short = f"{project['slug'].upper()}-{number:X}"
    return {
        "id": str(issue_id),
        "shareId": None,
        "shortId": short,
        "title": f"{kind}: {value}",
        "culprit": where,
        "permalink": f"https://{org}.sentry.io/issues/{issue_id}/",
        "logger": None,
        "level": "error",
        "status": "resolved" if number % 10 == 0 else "unresolved",
        "statusDetails": {},
        "substatus": "ongoing",
        "isPublic": False,
        "platform": "python",
        "priority": "medium",
        "priorityLockedAt": None,
        "seerFixabilityScore": None,
        "seerAutofixLastTriggered": None,
        "seerExplorerAutofixLastTriggered": None,
        "project": {name: project[name] for name in ("id", "name", "slug", "platform")},
        "type": "error",
        "issueType": "error",
        "issueCategory": "error",
        "metadata": {"type": kind, "value": value},
        "numComments": 0,
        "assignedTo": None,
        "isBookmarked": False,
        "isSubscribed": False,
        "subscriptionDetails": None,
        "hasSeen": False,
        "annotations": [],
        "isUnhandled": True,
        "count": str(3 * number),
        "userCount": number,
        "firstSeen": moment(seen - timedelta(days=9)),
        "lastSeen": moment(seen),
        **_also_described(issue_id, seen),
    }


def _also_described(issue_id: int, seen: datetime) -> Json:
    """What the official file lists for every issue, some of it sent by the real one only when asked to expand."""
    return {
        "derivedData": {
            "blocker": "",
            "progress": "",
            "status": "",
            "viewCount": 0,
            "hasOpenFixPr": False,
            "isAssigned": False,
            "hasRootCause": False,
            "lastCompletedAutofixStep": "",
            "lastProgressedAt": None,
        },
        "stats": {},
        "lifetime": {},
        "filtered": None,
        "sessionCount": 0,
        "inbox": {
            "reason": 0,
            "reason_details": {"until": None, "count": None, "window": None, "user_count": None, "user_window": None},
            "date_added": moment(seen),
        },
        "owners": {"type": "ownershipRule", "owner": "team:1", "date_added": moment(seen)},
        "integrationIssues": [],
        "sentryAppIssues": [],
        "latestEventHasAttachments": False,
        "matchingEventId": None,
        "matchingEventEnvironment": None,
    }


def whole_issue(issue: Json) -> Json:
    """An issue as it is sent alone."""
    return {**issue, "owners": None, "seenBy": [], "activity": [], "participants": [], "userReportCount": 0}


def event_of(issue: Json, now: datetime) -> Json:
    event_id = uuid.uuid5(uuid.NAMESPACE_URL, f"event of {issue['id']}").hex
    return {
        "id": event_id,
        "groupID": issue["id"],
        "eventID": event_id,
        "projectID": issue["project"]["id"],
        "message": issue["metadata"]["value"],
        "title": issue["title"],
        "location": issue["culprit"],
        "culprit": issue["culprit"],
        "user": {
            "id": "77",
            "email": "maria.lopez@example.com",
            "username": None,
            "ip_address": "203.0.113.9",
            "name": None,
        },
        "tags": [{"key": "environment", "value": "production"}],
        "platform": "python",
        "dateReceived": issue["lastSeen"],
        "dateCreated": issue["lastSeen"],
        "contexts": {},
        "size": 2048,
        "entries": [],
        "dist": None,
        "sdk": {"name": "sentry.python", "version": "2.75.0"},
        "context": {},
        "packages": {},
        "type": "error",
        "metadata": issue["metadata"],
        "errors": [],
        "occurrence": None,
        "_meta": {},
        "fingerprints": [],
        "groupingConfig": {"id": "newstyle:2023-01-11", "enhancements": ""},
        "release": None,
        "userReport": None,
        "sdkUpdates": [],
        "resolvedWith": [],
        "nextEventID": None,
        "previousEventID": None,
    }
