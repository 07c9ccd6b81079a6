"""Files shared with Sophia, or posted in a channel that she watches, become documents: for the person in a direct
message, for the channel in a channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Word:
    """What became of a shared file: a sentence for people, and whether it can be answered from now."""

    sentence: str
    read: bool


async def take_in(
    deps: Deps, person: Principal, channel: str, files: Sequence[dict[str, Any]], *, private: bool
) -> tuple[Word, ...]:
    """Reads each file and returns one word for each: what happened, or why it could not be read."""
    if not person.roles - {Role.GUEST}:
        return (Word(NOT_FOR_GUESTS, read=False),)
    reader = f"user:{person.user_id}" if private else f"channel:{channel}"
    return tuple([await _one(deps, person, str(file["id"]), reader) for file in files])


async def _one(deps: Deps, person: Principal, file_id: str, reader: str) -> Word:
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
        return Word(failed.for_people, read=False)
    if taken.sentence:
        return Word(taken.sentence, read=False)
    return Word(_WORDS[taken.outcome].format(title=taken.title), read=True)
