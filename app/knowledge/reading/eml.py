"""E-mail (EML): who wrote to whom and when, the text, the quoted history apart, and the names of attachments.

What hangs at a message is not read from here: it is a document of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from app.knowledge.reading.base import About, Block, Material, Section, Unreadable
from app.knowledge.reading.html import READER as HTML
from app.knowledge.reading.plain import READER as TEXT

_HISTORY = re.compile(
    r"^(>|On .{6,120} wrote:$|-{2,}\s*(Original Message|Forwarded message)\s*-{2,}|_{20,}$)", re.IGNORECASE
)
_QUOTED = re.compile(r"^(>\s?)+")


class Eml:
    """`app.knowledge.reading.base.Reader`."""

    label = "e-mail"
    suffixes = (".eml",)

    def recognises(self, content: bytes) -> bool:
        head = content[:2048].lower()
        return head.startswith((b"received:", b"return-path:", b"from:", b"mime-version:")) and b"\nsubject:" in head

    def sections(self, material: Material) -> Iterator[Section]:
        """Head and text, then the quoted history as a section of its own: it is where the thread is, and it is not
        what was written now."""
        mail = _mail(material)
        lines = [f"{name}: {said}" for name in ("From", "To", "Cc", "Date") if (said := _line(mail, name))]
        if names := [" ".join((part.get_filename() or "unnamed").split()) for part in mail.iter_attachments()]:
            lines.append(f"Attachments: {', '.join(names)}")
        subject = _line(mail, "Subject")
        yield Section((subject,), (Block("\n".join(lines)),))
        body = mail.get_body(("plain", "html"))
        if body is None:
            return
        if body.get_content_subtype() == "html":
            for section in HTML.sections(Material(material.name, _text(body).encode())):
                yield Section((subject, *section.trail), section.blocks)
            return
        written, history = apart(_text(body))
        for trail, text in (((subject,), written), ((subject, "Earlier messages"), history)):
            for section in TEXT.sections(Material(material.name, text.encode())):
                yield Section(trail, section.blocks)

    def about(self, material: Material) -> About:
        mail = _mail(material)
        try:
            sent = parsedate_to_datetime(_line(mail, "Date"))
        except (TypeError, ValueError):
            return About(_line(mail, "Subject"))
        return About(_line(mail, "Subject"), sent if sent.tzinfo else sent.replace(tzinfo=UTC))


def _mail(material: Material) -> EmailMessage:
    mail = BytesParser(policy=policy.default).parsebytes(material.content)
    if not mail.keys():
        raise Unreadable(f"“{material.name}” is not an e-mail.", next_step="Please export it again as EML.")
    return mail


def _line(mail: EmailMessage, name: str) -> str:
    """A header on one line. The library raises at some broken ones; those count as absent."""
    try:
        return " ".join(str(mail[name] or "").split())
    except (ValueError, IndexError, AttributeError):
        return ""


def _text(part: MIMEPart) -> str:
    """A part's text, also when its charset is unknown or its encoding broken."""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def apart(text: str) -> tuple[str, str]:
    """What was written, and the quoted history below it without its marks. Answers between quoted lines belong to what
    was written, so then nothing is taken apart."""
    lines = text.replace("\r\n", "\n").split("\n")
    start = next((number for number, line in enumerate(lines) if _HISTORY.match(line.strip())), len(lines))
    below = lines[start:]
    if below and below[0].startswith(">") and any(line.strip() and not line.startswith(">") for line in below):
        return text, ""
    return "\n".join(lines[:start]), "\n".join(_QUOTED.sub("", line) for line in below)


READER = Eml()
