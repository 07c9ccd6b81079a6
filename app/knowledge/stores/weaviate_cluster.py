"""The connection to one Weaviate: REST for the schema, gRPC for objects and searches, and what its failures mean.

The SDK's own start-up checks stay off: they would ask the package index for newer versions of the SDK.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.domain.errors import Fixable, NotAllowed, RetryLater, SophiaError

if TYPE_CHECKING:
    from weaviate import WeaviateAsyncClient
    from weaviate.connect.base import ProtocolParams

SECONDS = 15.0  # for one step of a call, the SDK's own repetitions included
OLDEST = (1, 29)  # counts over gRPC
CLOUD = (".weaviate.cloud", ".weaviate.network")
GRPC_PORT = 50051
AT_ONCE_AGAIN = [  # after an outage, so that the SDK's first repetition gets through
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 500),
]


@dataclass(frozen=True)
class ClusterAddress:
    """Where a cluster is. `grpc_url` may be empty: then it is Weaviate Cloud's `grpc-` host, or port 50051."""

    url: str
    grpc_url: str = ""

    @property
    def grpc(self) -> str:
        if self.grpc_url:
            return self.grpc_url
        at = urlsplit(self.url)
        host = at.hostname or ""
        if host.endswith(CLOUD):
            return f"https://grpc-{host}"
        return f"{at.scheme}://{f'[{host}]' if ':' in host else host}:{GRPC_PORT}"


class WeaviateCluster:
    """Opens the SDK's client when it is first needed. `seconds` bounds each step, `asking()` included."""

    def __init__(self, address: ClusterAddress, api_key: str, *, seconds: float = SECONDS) -> None:
        self._address = address
        self._api_key = api_key
        self._seconds = seconds
        self._opened: WeaviateAsyncClient | None = None
        self._opening = asyncio.Lock()

    async def client(self) -> WeaviateAsyncClient:
        """The connected client. Call it within `asking()`."""
        async with self._opening:
            if self._opened is None:
                client = self._made()
                try:
                    await client.connect()
                    if _version(await client.get_meta()) < OLDEST:
                        raise _too_old()
                except (KeyError, ValueError) as failed:  # JSON that is no Weaviate's
                    await client.close()
                    raise _elsewhere() from failed
                except BaseException:
                    await client.close()
                    raise
                self._opened = client
            return self._opened

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    @asynccontextmanager
    async def asking(self) -> AsyncGenerator[None]:
        """Bounds what is asked of Weaviate in time, and turns what the SDK raises into its consequence."""
        from grpc import RpcError  # noqa: PLC0415
        from httpx import HTTPError  # noqa: PLC0415
        from weaviate.exceptions import WeaviateBaseError  # noqa: PLC0415

        try:
            async with asyncio.timeout(self._seconds):
                yield
        except (WeaviateBaseError, HTTPError, RpcError, TimeoutError) as failed:
            raise _meaning(failed) from failed

    def _made(self) -> WeaviateAsyncClient:
        from weaviate import WeaviateAsyncClient  # noqa: PLC0415 - a second that only its users wait for
        from weaviate.classes.init import AdditionalConfig, Auth, Timeout  # noqa: PLC0415
        from weaviate.config import GrpcConfig  # noqa: PLC0415
        from weaviate.connect import ConnectionParams  # noqa: PLC0415

        # When a write fails, the SDK logs the objects, which are people's documents.
        logging.getLogger("weaviate-client").setLevel(logging.CRITICAL)
        return WeaviateAsyncClient(
            ConnectionParams(http=_protocol(self._address.url), grpc=_protocol(self._address.grpc)),
            auth_client_secret=Auth.api_key(self._api_key),
            additional_config=AdditionalConfig(
                timeout=Timeout(init=self._seconds, query=self._seconds, insert=self._seconds),
                grpc_config=GrpcConfig(channel_options=AT_ONCE_AGAIN),
            ),
            skip_init_checks=True,
        )


def code_of(failed: BaseException) -> str:
    """gRPC's name for why a call failed, such as UNAVAILABLE; empty when it gave none. The SDK keeps it in the failure
    that it was handling only."""
    from grpc.aio import AioRpcError  # noqa: PLC0415

    cause: BaseException | None = failed
    while cause is not None:
        if isinstance(cause, AioRpcError):
            return cause.code().name
        cause = cause.__cause__ or cause.__context__
    return ""


def _protocol(url: str) -> ProtocolParams:
    from weaviate.connect import ProtocolParams  # noqa: PLC0415

    at = urlsplit(url)
    secure = at.scheme == "https"
    return ProtocolParams(host=at.hostname or "", port=at.port or (443 if secure else 80), secure=secure)


def _version(meta: dict[str, str]) -> tuple[int, int]:
    major, minor, *_ = meta["version"].split(".")
    return int(major), int(minor)


def _too_old() -> Fixable:
    return Fixable(
        "This Weaviate is too old.",
        next_step=f"Passages need Weaviate {'.'.join(map(str, OLDEST))} or later.",
        code="store_too_old",
    )


def _elsewhere() -> Fixable:
    return Fixable(
        "There is no Weaviate at that address.",
        next_step="Copy the cluster's addresses to WEAVIATE_URL and, where it differs, WEAVIATE_GRPC_URL.",
        code="no_such_cluster",
    )


def _meaning(failed: Exception) -> SophiaError:
    from weaviate.exceptions import (  # noqa: PLC0415
        AuthenticationFailedError,
        ResponseCannotBeDecodedError,
        UnexpectedStatusCodeError,
        WeaviateStartUpError,
    )

    status = failed.status_code if isinstance(failed, UnexpectedStatusCodeError) else 0
    code = code_of(failed)
    refused = status in (401, 403) or code in ("UNAUTHENTICATED", "PERMISSION_DENIED")
    if refused or isinstance(failed, AuthenticationFailedError):
        return NotAllowed(
            "Weaviate does not let me read or change the documents.",
            next_step="An administrator can check WEAVIATE_API_KEY and its rights.",
            code="store_refused",
        )
    if status == 404 or code == "UNIMPLEMENTED" or isinstance(failed, ResponseCannotBeDecodedError):
        return _elsewhere()
    if isinstance(failed, WeaviateStartUpError) and failed.__cause__ is None:
        return _too_old()  # the SDK refuses what is older than 1.27 itself
    return RetryLater(
        "Weaviate does not answer as it should.",
        next_step="Please try again in a moment.",
        code="store_unreachable",
        detail=f"{type(failed).__name__} {status or code}".strip(),
    )
