"""Workbooks, tables and presentations become sections that read well."""

from __future__ import annotations

from datetime import date

import docx
import pptx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pptx.util import Inches

from app.knowledge.reading.base import Block, Material, Section
from app.knowledge.reading.registry import reader_of
from tests.knowledge.reading.files import saved, workbook


def sections(name: str, content: bytes) -> list[Section]:
    material = Material(name, content)
    return list(reader_of(material).sections(material))


def test_each_row_of_a_workbook_stands_under_its_header() -> None:
    rows = [["Vendor list 2026"], [], ["Vendor", "Until", "Limit"], ["Ace | Sons", date(2026, 3, 1), 2500.0]]
    found = sections("vendors.xlsx", workbook({"Vendors": [[*row, None] for row in rows]}))
    table = "| Vendor | Until | Limit |\n| --- | --- | --- |\n| Ace \\| Sons | 2026-03-01 | 2500 |"
    assert found == [
        Section(("Vendors",), (Block("Vendor list 2026"), Block(table, anchor="#row=4", is_table=True)), "#row=4")
    ]


def test_a_long_sheet_is_several_sections_and_each_repeats_the_header() -> None:
    found = sections("units.xlsx", workbook({"Units": [["Unit", "Rent"], *([f"A{n}", n] for n in range(100))]}))
    assert [one.anchor for one in found] == ["#row=2", "#row=42", "#row=82"]
    assert all(one.blocks[0].text.startswith("| Unit | Rent |\n") for one in found)


def test_formulas_are_not_calculated_and_hidden_sheets_not_read() -> None:
    content = workbook({"Sums": [["a", "b"], [1, "=1+1"]], "Salaries": [["name", "pay"], ["x", 1]]}, ["Salaries"])
    assert [one.blocks[0].text for one in sections("sums.xlsx", content)] == ["| a | b |\n| --- | --- |\n| 1 |  |"]


def test_a_table_with_semicolons_and_a_windows_encoding_is_read() -> None:
    found = sections("gebühr.csv", "Gebühr;Betrag\r\nMüll;28\r\n".encode("cp1252"))
    assert found[0].blocks[0].text == "| Gebühr | Betrag |\n| --- | --- |\n| Müll | 28 |"


def test_a_table_with_one_column_is_not_split_at_a_letter() -> None:
    assert "| Name |\n| --- |\n| Ann |" in sections("names.csv", b"Name\nAnn\nHanna\n")[0].blocks[0].text


def test_slides_are_read_from_the_top_down_with_their_tables_and_notes() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Pet policy"
    for top, words in ((4, "below"), (2, "above")):
        slide.shapes.add_textbox(Inches(1), Inches(top), Inches(3), Inches(1)).text_frame.text = words
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(6), Inches(4), Inches(1)).table
    for row, values in enumerate((("Pet", "Rent"), ("Cat", "$25"))):
        for column, value in enumerate(values):
            table.cell(row, column).text = value
    slide.notes_slide.notes_text_frame.text = "Say it kindly"
    (found,) = sections("pets.pptx", saved(deck.save))
    assert found.trail == ("Pet policy",)
    assert [one.text for one in found.blocks] == [
        "above",
        "below",
        "| Pet | Rent |\n| --- | --- |\n| Cat | $25 |",
        "Notes: Say it kindly",
    ]
    assert {one.page for one in found.blocks} == {1}


def test_a_contract_reads_with_its_tracked_insertions_and_its_filled_in_fields() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("The deposit is ")
    tracked = (
        "<w:ins {0}><w:r><w:t>$500</w:t></w:r></w:ins>",
        "<w:del {0}><w:r><w:delText>$300</w:delText></w:r></w:del>",
        "<w:sdt {0}><w:sdtPr/><w:sdtContent><w:r><w:t> a unit.</w:t></w:r></w:sdtContent></w:sdt>",
    )
    for one in tracked:
        paragraph._p.append(parse_xml(one.format(nsdecls("w"))))
    field = "<w:sdt {0}><w:sdtContent><w:p><w:r><w:t>Tenant: Kim Park</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    paragraph._p.addnext(parse_xml(field.format(nsdecls("w"))))
    read = sections("lease.docx", saved(document.save))
    assert [block.text for one in read for block in one.blocks] == ["The deposit is $500 a unit.", "Tenant: Kim Park"]


def test_a_page_without_paragraphs_is_read_by_what_its_text_stands_in() -> None:
    page = (
        b"<html><body><div dir=ltr>The pool <b>opens</b> at nine.<div>Bring a <a href=x>key</a>.</div></div>"
        b"<h2>Guests</h2>Two at most.<p>Ask <i>first</i></p></body></html>"
    )
    assert [(one.trail, [block.text for block in one.blocks]) for one in sections("pool.html", page)] == [
        ((), ["The pool opens at nine.", "Bring a key."]),
        (("Guests",), ["Two at most.", "Ask first"]),
    ]
