"""A service file that can't be used stops the start with a sentence that names the file, the line and the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.errors import Fixable
from app.integrations.declared.files import BadService, read_service
from app.integrations.declared.registry import discover
from app.integrations.declared.schemas import BadSchema, annotation_of
from app.tools.core.registry import DuplicateTool, all_tools
from app.tools.declared.tools import with_declared

GOOD = """\
service: acme
label: Acme
area: Business systems
facts: made up
address: https://api.acme.example
address_variable: ACME_URL
settings:
  - {variable: ACME_KEY, label: key, secret: true}
auth: {by: bearer, secret: ACME_KEY}
check: GET /me
operations:
  list_acme_boats:
    title: Boats
    sentence: List the boats
    call: GET /boats/{harbor}
    effect: read
    right: leasing:read
    arguments:
      harbor: {into: path, description: Harbor, schema: {type: string}}
    rows: boats
    text: There are {count}.
    columns:
      name: {path: name, label: Name}
    doing: Looking
    examples: [list boats, which boats, show boats]
"""


def written(folder: Path, text: str, name: str = "acme.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> str:
    """What is said about such a file."""
    with pytest.raises(BadService) as bad:
        read_service(written(folder, text))
    assert str(folder / "acme.yaml") in bad.value.sentence
    return bad.value.sentence


def test_the_file_of_these_tests_is_a_good_one(tmp_path: Path) -> None:
    service = read_service(written(tmp_path, GOOD))
    assert (service.service, service.required, list(service.operations)) == ("acme", ("ACME_KEY",), ["list_acme_boats"])


CHANGES = {
    "an unknown key": ("label: Acme\n", "label: Acme\nlabl: Acme\n", "line 3, labl: Extra inputs"),
    "a key that stands twice": ("label: Acme\n", "label: Acme\nlabel: Acme\n", "line 3: label stands twice"),
    "a missing key": ("label: Acme\n", "", "label: Field required"),
    "no YAML": ("label: Acme\n", "label: [Acme\n", "line 3: no YAML"),
    "an unknown right": ("leasing:read", "everything", "line 17, operations.list_acme_boats.right"),
    "an unknown effect": ("effect: read", "effect: reed", "line 16, operations.list_acme_boats.effect"),
    "a value of the wrong kind": ("title: Boats", "title: [1]", "line 13, operations.list_acme_boats.title"),
    "an address without TLS": ("https://api", "http://api", "address must be https://host"),
    "an address with a password": ("https://api", "https://me:word@api", "address must be https://host"),
    "a secret in the file": ("secret: true}", "secret: true, default: abc}", "a secret has no default"),
    "a key that settings does not name": ("secret: ACME_KEY}", "secret: OTHER_KEY}", "settings does not name"),
    "a key that is not secret": ("label: key, secret: true}", "label: key}", "secret: true"),
    "credentials in a header": ("check: GET /me", "check: GET /me\nheaders: {Authorization: x}", "may not hold"),
    "a check that writes": ("check: GET /me", "check: POST /me", "must be a GET"),
    "a path without its argument": ("/boats/{harbor}", "/boats/{port}", "nothing fills {port}"),
    "an argument without its place": ("/boats/{harbor}", "/boats", "which has no {harbor}"),
    "a secret in a path": ("/boats/{harbor}", "/boats/{ACME_KEY}/{harbor}", "nothing fills {ACME_KEY}"),
    "a sentence about nothing": ("There are {count}", "There are {number}", "nothing fills {number} in text"),
    "a method in lower case": ("GET /boats", "get /boats", "operations.list_acme_boats.call: must be a method"),
    "a read without rows": ("    rows: boats\n", "", "line 12, operations.list_acme_boats: needs rows"),
    "rows and record": ("rows: boats", "rows: boats\n    record: boat", "not both"),
    "a write without approval": ("effect: read", "effect: write", "write is needed"),
    "a path with a hole": ("path: name", "path: a..b", "columns.name.path: must be field names"),
    "money without a unit": ("label: Name}", "label: Name, kind: money}", "unit of money must be cents or dollars"),
    "what is never shown, shown": ("check: GET /me", "check: GET /me\nnever_shown: [name]", "shows name, which is in"),
    "two examples": ("which boats, ", "", "line 25, operations.list_acme_boats.examples"),
    "braces in an example": ("which boats,", "'boats at {harbor}',", "no braces"),
    "an argument without a schema": (", schema: {type: string}", "", "line 19, operations.list_acme_boats.arguments"),
    "an argument without a description": ("description: Harbor, ", "", "needs a description"),
    "an object as an argument": ("{type: string}", "{type: object}", "can't be an argument"),
    "a schema with more than is understood": ("{type: string}", "{type: string, not: {}}", "not in a schema"),
    "a pattern that is none": ("{type: string}", "{type: string, pattern: '['}", "no regular expression"),
    "a spec that is not there": ("check: GET /me", "check: GET /me\nspec: nothing.json", "line 11, spec: nothing.json"),
    "an argument with a name that is taken": ("harbor", "copy", "can't be called copy"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_bad_file_is_told_with_line_and_key(change: str, tmp_path: Path) -> None:
    before, after, said = CHANGES[change]
    assert before in GOOD
    assert said in refused(tmp_path, GOOD.replace(before, after))


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    said = refused(tmp_path, GOOD.replace("title: Boats", "title: [1]").replace("label: Acme\n", ""))
    assert len(said.splitlines()) == 3


@pytest.mark.parametrize("content", ["", "[]", "7", "just words", "\x00", "service: " + "x" * 2_000_000])
def test_a_file_that_holds_something_else_is_refused(content: str, tmp_path: Path) -> None:
    assert "can't be used" in refused(tmp_path, content)


def test_the_same_service_twice_stops_the_start(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    written(tmp_path, GOOD, "again.yaml")
    with pytest.raises(BadService) as bad:
        discover([tmp_path])
    assert "acme exists already" in bad.value.sentence
    assert "again.yaml" in bad.value.sentence


def test_a_service_of_a_connectors_name_stops_the_start(tmp_path: Path) -> None:
    written(tmp_path, GOOD.replace("service: acme", "service: entrata"))
    with pytest.raises(BadService, match="entrata"):
        discover([tmp_path])


def test_two_services_with_one_tool_name_stop_the_start(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    written(tmp_path, GOOD.replace("service: acme", "service: acme_two"), "two.yaml")
    with pytest.raises(BadService) as bad:
        discover([tmp_path])
    assert "acme.yaml has a tool of that name" in bad.value.sentence


def test_a_tool_that_exists_already_stops_the_start_even_when_no_key_is_set(tmp_path: Path) -> None:
    written(tmp_path, GOOD.replace("list_acme_boats", "list_invoices"))

    async def allowed(workspace_id: str, switch: str) -> None:
        return None

    with pytest.raises(DuplicateTool, match="list_invoices"):
        with_declared(all_tools(), discover([tmp_path]), {}, allowed)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Fixable, match="SERVICES_FOLDER"):
        discover([tmp_path / "nowhere"])


@pytest.mark.parametrize(
    "schema", [{}, {"type": "object"}, {"enum": []}, {"enum": [{}]}, {"type": "array"}, {"$ref": "#"}]
)
def test_a_schema_of_no_plain_value_is_refused(schema: dict[str, object]) -> None:
    with pytest.raises(BadSchema):
        annotation_of(schema)
