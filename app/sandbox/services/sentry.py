"""A strict stand-in for Sentry's API (https://docs.sentry.io/api/): projects, issues, the latest event of one, and the
update of one. Pages are told by the Link header with `results` and `cursor`."""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.services.sentry_records import event_of, issue_of, project_of, whole_issue

TOKEN: Final = "sntryu_sandbox-token-0123456789"  # noqa: S105 - the stand-in's own
ORG: Final = "sunrise"
PROJECTS: Final = ("resident-portal", "leasing-api", "sophia")
LARGEST_PAGE: Final = 100
_PERIOD: Final = re.compile(r"\d+[dhmsw]")
_CURSOR: Final = re.compile(r"\d+:(\d+):[01]")
_STATES: Final = frozenset({"resolved", "unresolved", "ignored"})
_CHANGES: Final = frozenset(
    "inbox status statusDetails substatus hasSeen isBookmarked isPublic isSubscribed merge discard assignedTo"
    " priority".split()
)

Json = dict[str, Any]


class SentryRefusal(Exception):
    """An error answer: `{"detail": …}`."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


@dataclass
class Sentry:
    """One organization. `issues` of each project fill more than one page."""

    now: datetime
    token: str = TOKEN
    org: str = ORG
    issues_each: int = 70
    projects: list[Json] = field(default_factory=list[Json])
    issues: list[Json] = field(default_factory=list[Json])
    requests: list[tuple[str, str, Any]] = field(default_factory=list[tuple[str, str, Any]])

    def __post_init__(self) -> None:
        made = self.now - timedelta(days=400)
        self.projects = [project_of(number, slug, made) for number, slug in enumerate(PROJECTS, 1)]
        for project in self.projects:
            for number in range(1, self.issues_each + 1):
                seen = self.now - timedelta(minutes=11 * number)
                self.issues.append(issue_of(len(self.issues) + 5001, number, project, self.org, seen))

    def asgi(self) -> Starlette:
        def route(path: str, method: str, answer: Callable[[Request], Awaitable[Response]]) -> Route:
            return Route(f"/api/0/organizations/{{org}}{path}", self._served(answer), methods=[method])

        return Starlette(
            routes=[
                route("/projects/", "GET", self._projects),
                route("/issues/", "GET", self._issues),
                route("/issues/{issue}/", "GET", self._one),
                route("/issues/{issue}/", "PUT", self._update),
                route("/issues/{issue}/events/{event}/", "GET", self._event),
            ],
            exception_handlers={404: _nowhere, 405: _nowhere},
        )

    def _served(self, answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            try:
                self._authenticate(request)
                return await answer(request)
            except SentryRefusal as refusal:
                return _json({"detail": refusal.detail}, refusal.status)

        return serve

    def _authenticate(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        if not given:
            raise SentryRefusal(401, "Authentication credentials were not provided.")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            raise SentryRefusal(401, "Invalid token")
        if request.path_params["org"] != self.org:
            raise SentryRefusal(404, "The requested resource does not exist")

    async def _projects(self, request: Request) -> Response:
        query = self._query(request, "cursor per_page query")
        return self._page(request, self.projects, query.get("per_page", ["100"])[0])

    async def _issues(self, request: Request) -> Response:
        query = self._query(request, "environment project statsPeriod start end query sort limit cursor")
        slugs = query.get("project", [])
        known = {one["slug"] for one in self.projects} | {one["id"] for one in self.projects}
        if not set(slugs) <= known:
            raise SentryRefusal(400, "Invalid project parameter. Values must be numbers or slugs.")
        period = query.get("statsPeriod", ["14d"])[0]
        if not _PERIOD.fullmatch(period):
            raise SentryRefusal(400, "Invalid statsPeriod")
        wanted = query.get("query", ["is:unresolved"])[0]
        state = wanted.removeprefix("is:")
        if wanted and (not wanted.startswith("is:") or state not in _STATES):
            raise SentryRefusal(400, "Error parsing search query")
        found = [
            one
            for one in self.issues
            if (not wanted or one["status"] == state)
            and (not slugs or {one["project"]["slug"], one["project"]["id"]} & set(slugs))
        ]
        return self._page(request, found, query.get("limit", ["100"])[0])

    async def _one(self, request: Request) -> Response:
        self._query(request, "environment expand collapse")
        return _json(whole_issue(self._issue(request)))

    async def _event(self, request: Request) -> Response:
        self._query(request, "environment llmFormat")
        if request.path_params["event"] not in ("latest", "oldest", "recommended"):
            raise SentryRefusal(404, "The requested resource does not exist")
        return _json(event_of(self._issue(request), self.now))

    async def _update(self, request: Request) -> Response:
        try:
            body = orjson.loads(await request.body())
        except ValueError:
            raise SentryRefusal(400, "JSON parse error") from None
        if not isinstance(body, dict) or set(body) - _CHANGES:
            raise SentryRefusal(400, "Unknown fields.")
        self._query(request, "", body)
        if body.get("status", "resolved") not in _STATES | {"resolvedInNextRelease", "muted"}:
            raise SentryRefusal(400, "Invalid status")
        issue = self._issue(request)
        issue["status"] = body.get("status", issue["status"])
        issue["substatus"] = None if issue["status"] == "resolved" else issue["substatus"]
        return _json(issue)

    def _issue(self, request: Request) -> Json:
        """By number, or by short id as Sentry's own handlers take it."""
        wanted = request.path_params["issue"].upper()
        for one in self.issues:
            if wanted in (one["id"], one["shortId"]):
                return one
        raise SentryRefusal(404, "The requested resource does not exist")

    def _query(self, request: Request, known: str, body: Any = None) -> dict[str, list[str]]:
        query = request.query_params
        unknown = set(query) - set(known.split())
        if unknown:
            raise SentryRefusal(400, f"Unknown parameter {min(unknown)}")
        self.requests.append((request.method, str(request.url.path), body))
        return {name: query.getlist(name) for name in query}

    def _page(self, request: Request, rows: list[Json], size: str) -> Response:
        cursor = _CURSOR.fullmatch(request.query_params.get("cursor", "0:0:0"))
        if cursor is None or not size.isdecimal() or not 1 <= int(size) <= LARGEST_PAGE:
            raise SentryRefusal(400, "Invalid cursor or page size.")
        start, many = int(cursor[1]), int(size)
        before = _link(request, "previous", max(0, start - many), back=True, results=start > 0)
        after = _link(request, "next", start + many, back=False, results=start + many < len(rows))
        return _json(rows[start : start + many], headers={"Link": f"{before}, {after}"})


def _link(request: Request, rel: str, offset: int, *, back: bool, results: bool) -> str:
    cursor = f"0:{offset}:{int(back)}"
    address = request.url.include_query_params(cursor=cursor)
    return f'<{address}>; rel="{rel}"; results="{str(results).lower()}"; cursor="{cursor}"'


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    limits = {"X-Sentry-Rate-Limit-Limit": "40", "X-Sentry-Rate-Limit-Remaining": "39"}
    return Response(orjson.dumps(value), status, {**limits, **(headers or {})}, media_type="application/json")


async def _nowhere(request: Request, refused: Exception) -> Response:
    return _json({"detail": "The requested resource does not exist"}, 404)
