"""Finds the reader of a file: by its content first, by its name only where content can't tell.

Every module of this folder with a `READER` is one. A file whose content says something else than its name is read as
what it is.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import PurePath

import app.knowledge.reading as folder
from app.knowledge.reading.base import Material, Reader, Unreadable

LARGEST = 100 * 1024 * 1024  # bytes
_PICTURES = {b"\x89PNG": "PNG picture", b"\xff\xd8\xff": "JPEG picture", b"GIF8": "GIF picture", b"RIFF": "media file"}
_PROGRAMS = {b"MZ": "Windows program", b"\x7fELF": "program", b"#!": "script"}


@cache
def all_readers() -> tuple[Reader, ...]:
    """The readers, by the name of their module."""
    modules = sorted(pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."), key=lambda module: module.name)
    found = (getattr(importlib.import_module(module.name), "READER", None) for module in modules)
    return tuple(reader for reader in found if reader is not None)


def reader_of(material: Material) -> Reader:
    """The reader of this file. Raises Unreadable with what the file is instead."""
    name, content = material.name, material.content
    if not content:
        raise Unreadable(f"“{name}” is empty.", next_step="Please send it again.", code="empty_document")
    require_size(name, len(content))
    readers = all_readers()
    for reader in readers:
        if reader.recognises(content):
            return reader
    for start, what in (_PICTURES | _PROGRAMS).items():
        if content.startswith(start):
            raise Unreadable(f"“{name}” is a {what}, not a document I can read.", next_step=_readable(readers))
    suffix = PurePath(name).suffix.lower()
    fitting = next((reader for reader in readers if suffix in reader.suffixes), None)
    if fitting is None:
        raise Unreadable(f"I don't know what “{name}” is.", next_step=_readable(readers))
    if fitting.label in ("PDF", "Word", "Excel", "PowerPoint") and not content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            f"“{name}” is not a {fitting.label} file, whatever its name says, or it is damaged.",
            next_step="Please export it again.",
        )
    return fitting


def require_size(name: str, size: int) -> None:
    """Raises Unreadable for a file of more than LARGEST bytes; asked before it is read into memory too."""
    if size > LARGEST:
        raise Unreadable(
            f"“{name}” has {size // 2**20} MB; I read up to {LARGEST // 2**20}.",
            next_step="Please split it, or save it without pictures.",
            code="document_too_large",
        )


def _readable(readers: tuple[Reader, ...]) -> str:
    return f"I read {', '.join(sorted(reader.label for reader in readers))}."
