"""Files that are broken, locked, lying or hostile get a clear word, and the next file is read."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from app.knowledge.reading.base import Material, Unreadable
from app.knowledge.reading.isolated import Contents, IsolatedReading, Wrong, contents_of
from tests.knowledge.reading.files import locked, pdf, repacked, saved, workbook

WORD = saved(docx.Document().save)
SHEET = workbook({"A": [["a", "b"], [1, 2]]})


def deflated(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
HOSTILE = {
    "an empty file": ("a.pdf", b"", "is empty"),
    "a program": ("handbook.pdf", b"MZ\x90\x00" + b"\0" * 100, "is a Windows program"),
    "a picture": ("scan.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "is a PNG picture"),
    "bytes called text": ("notes.txt", b"\x00\x01\x02\x03" * 50, "is not text"),
    "text called PDF": ("policy.pdf", b"Hello", "is not a PDF file"),
    "half a PDF": ("policy.pdf", pdf(["x"] * 5)[:300], "is damaged"),
    "a PDF without text": ("scan.pdf", pdf(["", ""]), "holds pictures of pages and no text"),
    "a locked PDF": ("pay.pdf", locked(pdf(["x"])), "protected by a password"),
    "half a workbook": ("a.xlsx", SHEET[:-200], "damaged"),
    "a locked Office file": ("pay.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "protected by a password"),
    "entities in Word": ("a.docx", repacked(WORD, {"word/document.xml": ENTITY}), "no Office program writes"),
    "entities in UTF-16": (
        "a.docx",
        repacked(WORD, {"word/document.xml": ENTITY.decode().encode("utf-16")}),
        "no Office program writes",
    ),
    "an archive bomb": ("a.docx", deflated(("word/document.xml", b"a" * 50_000_000)), "unpacks to far more"),
    "a table without end": ("a.csv", b"a,b\n" + b"1,2\n" * 60_000, "more than 50,000 rows"),
}


def test_what_no_database_takes_is_left_out() -> None:
    head = b"<html><title>Pe\xed\xa0\x80ts</title><meta name='date' content='0001-01-01T00:00:00+14:00'>"
    read = contents_of(Material("pets.html", head + b"<p>Two" + b" " * 4096 + b"cats&#0;.</p>"))
    assert isinstance(read, Contents)
    assert read.about.dated is None
    letters = read.about.title + read.sections[0].blocks[0].text
    assert letters.encode().count(b"\0") == 0

    late = contents_of(Material("pets.txt", b"Two cats at most. " * 300 + b"\0And a dog."))
    assert isinstance(late, Contents)
    assert late.sections[0].blocks[0].text.endswith("at most. And a dog.")


@pytest.mark.parametrize("case", HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_can_not_be_read_gets_a_sentence_for_people(case: tuple[str, bytes, str]) -> None:
    name, content, words = case
    found = contents_of(Material(name, content))
    assert isinstance(found, Wrong)
    assert words in found.sentence
    assert name in found.sentence
    assert found.next_step
    assert found.code.endswith("document") or found.code == "document_too_large"


def test_a_sheet_that_claims_to_be_as_large_as_excel_allows_is_read_by_what_is_there() -> None:
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(SHEET)) as archive:
        lying = archive.read(part).replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1:XFD1048576"')
    found = contents_of(Material("a.xlsx", repacked(SHEET, {part: lying})))
    assert not isinstance(found, Wrong)
    assert found.sections[0].blocks[0].text == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_the_content_decides_and_not_the_name() -> None:
    found = contents_of(Material("policy.docx", pdf(["Two cats at most"])))
    assert not isinstance(found, Wrong)
    assert (found.sections[0].blocks[0].text, found.sections[0].blocks[0].page) == ("Two cats at most", 1)


def test_a_thousand_pages_are_read_page_by_page() -> None:
    found = contents_of(Material("long.pdf", pdf([f"Page {number} of the manual" for number in range(1, 1001)])))
    assert not isinstance(found, Wrong)
    assert len(found.sections) == 1000
    assert found.sections[-1].blocks[0].page == 1000


async def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    reading = IsolatedReading(seconds=0.0)
    try:
        with pytest.raises(Unreadable, match="took more time or memory"):
            await reading.read(Material("slow.pdf", pdf(["x"])))
        patient = IsolatedReading()
        found = await patient.read(Material("quick.md", b"# Pets\n\nTwo cats."))
        patient.close()
        assert found.sections[0].blocks[0].text == "Two cats."
    finally:
        reading.close()
