"""Files shared with Sophia become documents: for the person in a direct message, for the channel in a channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.errors import SophiaError
from app.domain.principal import Principal, Role
from app.knowledge.library import Arriving, document_id
from app.knowledge.passages import DocumentKind
from app.knowledge.reading.base import Material
from handlers.core.deps import Deps

NOT_FOR_GUESTS = "Guests can't add documents. Somebody of the team can share the file with me."
_WORDS = {
    "added": "I read “{title}” and can answer from it now.",
    "replaced": "I read the new “{title}”; it takes the place of the older one.",
    "unchanged": "I know “{title}” already.",
}


def file_document(file_id: str) -> str:
    """The id of the document that a shared file becomes."""
    return document_id("slack", file_id)


async def take_in(
    deps: Deps, person: Principal, channel: str, files: Sequence[dict[str, Any]], *, private: bool
) -> tuple[str, ...]:
    """Reads each file and returns one sentence for each: what happened, or why it could not be read."""
    if not person.roles - {Role.GUEST}:
        return (NOT_FOR_GUESTS,)
    reader = f"user:{person.user_id}" if private else f"channel:{channel}"
    return tuple([await _one(deps, person, str(file["id"]), reader) for file in files])


async def _one(deps: Deps, person: Principal, file_id: str, reader: str) -> str:
    try:
        file = await deps.files.fetch(file_id)
        # Shared once more elsewhere, it stays readable where it was shared before.
        before = await deps.library.readers_of(person.workspace_id, file_document(file_id))
        arriving = Arriving(
            id=file_document(file_id),
            title=file.name,
            kind=DocumentKind.FILE,
            readers=before | {reader},
            dated=file.shared_at,
            link=file.link,
            material=Material(file.name, file.content, file.mimetype),
        )
        taken = await deps.library.take_in(person.workspace_id, arriving)
    except SophiaError as failed:
        return failed.for_people
    return taken.sentence or _WORDS[taken.outcome].format(title=taken.title)
