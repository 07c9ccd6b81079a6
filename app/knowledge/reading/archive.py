"""Office files are zip archives of XML: sizes are looked at before anything is unpacked, and what declares entities is
refused before a parser sees it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from app.knowledge.reading.base import Material, Unreadable

MOST_UNPACKED = 300 * 1024 * 1024  # bytes
MOST_FILES = 20_000
HIGHEST_RATIO = 200  # unpacked to packed, of the whole archive
_PIECE = 1 << 20  # bytes read at once
_XML = (".xml", ".rels", ".vml")
# Office files carry no document type declaration (ECMA-376 part 2, annex on markup), and without one no entities.
_DECLARES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
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
        raise _locked(material)
    try:
        with zipfile.ZipFile(io.BytesIO(material.content)) as archive:
            _check_sizes(material, archive)
            _check_parts(material, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError):
        raise damaged(material) from None
    except RuntimeError:  # zipfile's word for an entry with a password
        raise _locked(material) from None
    return io.BytesIO(material.content)


def _check_sizes(material: Material, archive: zipfile.ZipFile) -> None:
    """By what the archive claims of itself."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > MOST_FILES or unpacked > MOST_UNPACKED or unpacked / packed > HIGHEST_RATIO:
        raise _swollen(material)


def _check_parts(material: Material, archive: zipfile.ZipFile) -> None:
    """By what is really in it: the XML parts are unpacked piece by piece and thrown away."""
    unpacked = 0
    for entry in archive.infolist():
        if not entry.filename.lower().endswith(_XML):
            continue
        tail = b""
        with archive.open(entry) as part:
            while piece := part.read(_PIECE):
                unpacked += len(piece)
                if unpacked > MOST_UNPACKED:
                    raise _swollen(material)
                if _DECLARES.search((tail + piece).replace(b"\0", b"")):  # UTF-16 hides nothing
                    raise Unreadable(
                        f"“{material.name}” holds XML that no Office program writes, so I didn't open it.",
                        next_step="If it is genuine, please save it again or as PDF.",
                        code="hostile_document",
                    )
                tail = piece[-32:]


def _swollen(material: Material) -> Unreadable:
    return Unreadable(
        f"“{material.name}” unpacks to far more than a document should, so I didn't open it.",
        next_step="If it is genuine, please save it as PDF.",
        code="hostile_document",
    )


def _locked(material: Material) -> Unreadable:
    return Unreadable(
        f"“{material.name}” is protected by a password, or in a format from before 2007.",
        next_step="Please save it again without a password, as DOCX, XLSX, PPTX or PDF.",
        code="encrypted_document",
    )


def damaged(material: Material) -> Unreadable:
    return Unreadable(f"“{material.name}” is damaged and can't be opened.", next_step="Please save or export it again.")
