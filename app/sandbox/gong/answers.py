"""Records as Gong writes them (its OpenAPI file, schemas CallData, CallTranscript, UserMetadata)."""

from __future__ import annotations

from typing import Any

from app.sandbox.gong.store import WORKSPACE_ID, GongStore, Party, Recording, User
from app.sandbox.gong.wire import Selector


def user(one: User) -> dict[str, Any]:
    first, _, last = one.name.partition(" ")
    return {
        "id": one.id,
        "emailAddress": one.email,
        "created": "2024-01-08T15:00:00Z",
        "active": True,
        "emailAliases": [],
        "firstName": first,
        "lastName": last,
        "title": one.title,
        "phoneNumber": None,
        "personalMeetingUrls": [],
        "settings": {"webConferencesRecorded": True, "telephonyCallsImported": True},
        "managerId": None,
    }


def basic(call: Recording, store: GongStore) -> dict[str, Any]:
    """A call's `metaData`."""
    with_contact = bool(call.others and call.others[0].email)
    return {
        "id": call.id,
        "url": f"{store.address}/call?id={call.id}",
        "title": call.title,
        "scheduled": call.started.isoformat(),
        "started": call.started.isoformat(),
        "duration": call.seconds,
        "primaryUserId": call.host.user_id,
        "direction": "Conference" if with_contact else "Inbound",
        "system": "Zoom" if with_contact else "RingCentral",
        "scope": "External",
        "media": "Video" if with_contact else "Audio",
        "language": "eng",
        "workspaceId": WORKSPACE_ID,
        "sdrDisposition": None,
        "clientUniqueId": None,
        "customData": None,
        "purpose": None,
        "meetingUrl": None,
        "isPrivate": call.private,
        "calendarEventId": None,
    }


def rich(call: Recording, store: GongStore, selector: Selector) -> dict[str, Any]:
    """A call with what the selector asks for."""
    made: dict[str, Any] = {"metaData": basic(call, store)}
    if selector.context != "None":
        made["context"] = _context(call)
    if "parties" in selector.exposed:
        made["parties"] = [_party(one, selector) for one in (call.host, *call.others)]
    content = {name.partition(".")[2] for name in selector.exposed if name.startswith("content.")}
    if content:
        made["content"] = _content(call, content)
    if "interaction.speakers" in selector.exposed:
        made["interaction"] = {"speakers": [_talk(one, call) for one in (call.host, *call.others)]}
    return made


def transcript(call: Recording) -> dict[str, Any]:
    return {
        "callId": call.id,
        "transcript": [
            {
                "speakerId": one.speaker_id,
                "topic": None,
                "sentences": [{"start": part.start, "end": part.end, "text": part.text} for part in one.sentences],
            }
            for one in call.said
        ],
    }


def _party(one: Party, selector: Selector) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": one.id,
        "emailAddress": one.email or None,
        "name": one.name,
        "title": one.title or None,
        "userId": one.user_id or None,
        "speakerId": one.speaker_id,
        "affiliation": "Internal" if one.user_id else "External",
        "phoneNumber": one.phone or None,
        "methods": ["Attendee"],
    }
    if selector.context != "None":
        linked = [_linked("Contact", one.crm_id, one.name)] if one.crm_id else []
        made["context"] = [{"system": "HubSpot", "objects": linked}] if linked else []
    return made


def _context(call: Recording) -> list[dict[str, Any]]:
    """The CRM's company and deal that the call belongs to."""
    objects = [_linked(kind, *one) for kind, one in (("Account", call.account), ("Opportunity", call.deal)) if one]
    return [{"system": "HubSpot", "objects": objects}] if objects else []


def _linked(kind: str, object_id: str, name: str) -> dict[str, Any]:
    return {"objectType": kind, "objectId": object_id, "fields": [{"name": "Name", "value": name}], "timing": "Now"}


def _content(call: Recording, wanted: set[str]) -> dict[str, Any]:
    sentences = [part.text for one in call.said for part in one.sentences]
    made: dict[str, Any] = {
        "brief": f"{call.topic} came up.",
        "keyPoints": [{"text": text} for text in sentences[2:4]],
        "topics": [{"name": call.topic, "duration": call.seconds // 2}],
        "trackers": [],
        "callOutcome": None,
        "highlights": [],
        "outline": [],
    }
    return {name: value for name, value in made.items() if name in wanted}


def _talk(one: Party, call: Recording) -> dict[str, Any]:
    spoken = sum(
        part.end - part.start for said in call.said if said.speaker_id == one.speaker_id for part in said.sentences
    )
    return {"id": one.id, "userId": one.user_id or None, "talkTime": spoken / 1000}
