"""The last piece of an answer: what was held back, the complete tool calls, the tokens, and who answered."""

from __future__ import annotations

import json

from langchain_core.messages import AIMessageChunk
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import ToolCallChunk

from app.gateways.gathered import Whole


def last_piece(rest: str, whole: Whole, provider: str, model: str) -> AIMessageChunk:
    """`rest` is the text that was not handed on yet."""
    return AIMessageChunk(
        content=rest,
        tool_call_chunks=[
            ToolCallChunk(
                name=call["name"], args=json.dumps(call["args"]), id=call["id"], index=number, type="tool_call_chunk"
            )
            for number, call in enumerate(whole.tool_calls)
        ],
        usage_metadata=UsageMetadata(
            input_tokens=whole.input_tokens,
            output_tokens=whole.output_tokens,
            total_tokens=whole.input_tokens + whole.output_tokens,
        ),
        response_metadata={
            "provider": provider,
            "model_name": model,
            "finish_reason": whole.finish,
            **({"action": whole.action} if whole.action else {}),
        },
        chunk_position="last",
    )
