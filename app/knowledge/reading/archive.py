"""Office files are zip archives: what is inside is looked at before anything is unpacked."""

from __future__ import annotations

import io
import zipfile

from app.knowledge.reading.base import Material, Unreadable

MOST_UNPACKED = 300 * 1024 * 1024  # bytes
MOST_FILES = 20_000
HIGHEST_RATIO = 200  # unpacked to packed, of the whole archive
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what a password makes of an Office file (MS-OFFCRYPTO), and old formats


def is_office(content: bytes, folder: str) -> bool:
    """True for a zip archive with that folder in it (`word/`, `xl/`, `ppt/`)."""
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(name.startswith(folder) for name in archive.namelist()[:MOST_FILES])
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def opened(material: Material) -> io.BytesIO:
    """The bytes, once they are known to be an archive of reasonable size. Raises Unreadable."""
    if material.content.startswith(_OLE):
        raise Unreadable(
            f"“{material.name}” is protected by a password, or in a format from before 2007.",
            next_step="Please save it again without a password, as DOCX, XLSX, PPTX or PDF.",
            code="encrypted_document",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(material.content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise damaged(material) from None
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > MOST_FILES or unpacked > MOST_UNPACKED or unpacked / packed > HIGHEST_RATIO:
        raise Unreadable(
            f"“{material.name}” unpacks to far more than a document should, so I didn't open it.",
            next_step="If it is genuine, please save it as PDF.",
            code="hostile_document",
        )
    return io.BytesIO(material.content)


def damaged(material: Material) -> Unreadable:
    return Unreadable(f"“{material.name}” is damaged and can't be opened.", next_step="Please save or export it again.")
