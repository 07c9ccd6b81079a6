"""Workbooks, tables and presentations become sections that read well."""

from __future__ import annotations

from datetime import date

import pptx
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
