"""E-mail (EML): who wrote to whom and when, the text, and the names of attachments. Quoted history stays: it is where
the thread is."""

from __future__ import annotations

from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from app.knowledge.reading.base import About, Block, Material, Section, Unreadable
from app.knowledge.reading.html import READER as HTML
from app.knowledge.reading.plain import READER as TEXT


class Eml:
    """`app.knowledge.reading.base.Reader`."""

    label = "e-mail"
    suffixes = (".eml",)

    def recognises(self, content: bytes) -> bool:
        head = content[:2048].lower()
        return head.startswith((b"received:", b"return-path:", b"from:", b"mime-version:")) and b"\nsubject:" in head

    def sections(self, material: Material) -> Iterator[Section]:
        mail = _mail(material)
        lines = [f"{name}: {mail[name]}" for name in ("From", "To", "Cc", "Date") if mail[name]]
        names = [part.get_filename() or "unnamed" for part in mail.iter_attachments()]
        if names:
            lines.append(f"Attachments: {', '.join(names)}")
        subject = str(mail["Subject"] or "")
        yield Section((subject,), (Block("\n".join(lines)),))
        body = mail.get_body(("plain", "html"))
        if body is not None:
            part = Material(material.name, str(body.get_content()).encode())
            reader = HTML if body.get_content_subtype() == "html" else TEXT
            for section in reader.sections(part):
                yield Section((subject, *section.trail), section.blocks)

    def about(self, material: Material) -> About:
        mail = _mail(material)
        try:
            dated = parsedate_to_datetime(str(mail["Date"])) if mail["Date"] else None
        except (TypeError, ValueError):
            dated = None
        return About(str(mail["Subject"] or ""), dated)


def _mail(material: Material) -> EmailMessage:
    mail = BytesParser(policy=policy.default).parsebytes(material.content)
    if not mail.keys():
        raise Unreadable(f"“{material.name}” is not an e-mail.", next_step="Please export it again as EML.")
    return mail


READER = Eml()
