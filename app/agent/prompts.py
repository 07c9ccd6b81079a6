"""The prompts: one Markdown file each in `prompts/`, with front matter (id, version, inputs, purpose).

All are read and checked at start; a broken one stops it. The text is a Jinja template over exactly the declared
inputs. Rendering never interprets what is put in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
import yaml

PROMPTS_FOLDER = Path(__file__).resolve().parents[2] / "prompts"
_FIELDS = {"id", "version", "inputs", "purpose"}


class BrokenPrompt(Exception):
    """A prompt file cannot be used. Fatal at start."""


@dataclass(frozen=True)
class Prompt:
    """One prompt. `version` grows with every change of its text."""

    id: str
    version: int
    inputs: frozenset[str]
    purpose: str
    template: jinja2.Template = field(repr=False)

    def render(self, **inputs: Any) -> str:
        """The text. Raises TypeError when inputs are missing or unknown."""
        if inputs.keys() != self.inputs:
            wrong = sorted(self.inputs.symmetric_difference(inputs))
            raise TypeError(f"prompt {self.id}: inputs missing or unknown: {', '.join(wrong)}")
        return self.template.render(inputs).strip()


class Prompts(Mapping[str, Prompt]):
    """All prompts of a folder, by id. Raises BrokenPrompt."""

    def __init__(self, folder: Path = PROMPTS_FOLDER) -> None:
        files = sorted(folder.glob("*.md"))
        if not files:
            raise BrokenPrompt(f"no prompts in {folder}")
        self._prompts = {prompt.id: prompt for prompt in map(_read, files)}

    def __getitem__(self, prompt_id: str) -> Prompt:
        return self._prompts[prompt_id]

    def __iter__(self) -> Any:
        return iter(self._prompts)

    def __len__(self) -> int:
        return len(self._prompts)


def as_material(text: str) -> str:
    """Other people's words, safe between `<data>` and `</data>`: they cannot close the block."""
    return text.replace("<", "‹").replace(">", "›")


def _read(file: Path) -> Prompt:
    try:
        _, head, body = file.read_text(encoding="utf-8").split("---\n", 2)
        fields = yaml.safe_load(head)
    except (ValueError, yaml.YAMLError) as wrong:
        raise BrokenPrompt(f"{file.name}: no readable front matter between two lines of ---") from wrong
    if not isinstance(fields, dict) or {str(key) for key in fields} != _FIELDS:
        raise BrokenPrompt(f"{file.name}: front matter must hold exactly {', '.join(sorted(_FIELDS))}")
    if fields["id"] != file.stem:
        raise BrokenPrompt(f"{file.name}: its id must be {file.stem!r}")
    if not isinstance(fields["version"], int) or not isinstance(fields["inputs"], list) or not fields["purpose"]:
        raise BrokenPrompt(f"{file.name}: version is a number, inputs a list, purpose a sentence")
    inputs = frozenset(fields["inputs"])
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701 - Markdown, not HTML
    try:
        used = jinja2.meta.find_undeclared_variables(environment.parse(body))
        template = environment.from_string(body)
    except jinja2.TemplateSyntaxError as wrong:
        raise BrokenPrompt(f"{file.name}: line {wrong.lineno}: {wrong.message}") from wrong
    if sorted(used) != sorted(inputs):
        raise BrokenPrompt(f"{file.name}: declares inputs {sorted(inputs)} but uses {sorted(used)}")
    return Prompt(fields["id"], fields["version"], inputs, str(fields["purpose"]), template)
