"""The two ports of the stand-in, what it was asked, and how it can be made to fail."""

from __future__ import annotations

import hmac
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import grpc
from starlette.applications import Starlette
from weaviate.proto.v1 import weaviate_pb2_grpc

from app.sandbox.weaviate.cluster import Cluster
from app.sandbox.weaviate.rest import MOST_BYTES, VERSION, Rest
from app.sandbox.weaviate.rpc import Rpc


@dataclass(frozen=True)
class Asked:
    """A request that came, for tests that compare it with the service's description. `how` is an HTTP method or
    `rpc`, `what` a path or the call's name, `body` JSON or the message."""

    how: str
    what: str
    body: Any


@dataclass
class WeaviateServer:
    """One cluster and its key. `faults` holds HTTP statuses with which the next REST requests fail, `rpc_faults`
    gRPC's for the next calls, `refuses` the places in a batch whose objects are not taken."""

    cluster: Cluster
    api_key: str
    version: str = VERSION
    faults: deque[int] = field(default_factory=deque[int])
    rpc_faults: deque[grpc.StatusCode] = field(default_factory=deque[grpc.StatusCode])
    refuses: set[int] = field(default_factory=set[int])
    asked: list[Asked] = field(default_factory=list[Asked])

    def asgi(self) -> Starlette:
        return Rest(self).app()

    def listening(self) -> tuple[grpc.aio.Server, int]:
        """The gRPC server, not started, and its loopback port."""
        server = grpc.aio.server(
            options=[("grpc.max_send_message_length", MOST_BYTES), ("grpc.max_receive_message_length", MOST_BYTES)]
        )
        weaviate_pb2_grpc.add_WeaviateServicer_to_server(Rpc(self), server)
        return server, server.add_insecure_port("127.0.0.1:0")

    def saw(self, how: str, what: str, body: Any) -> None:
        self.asked.append(Asked(how, what, body))

    def unauthorized(self, authorization: str) -> str:
        """Why this header does not open the cluster; empty when it does."""
        scheme, _, given = authorization.partition(" ")
        if not given or scheme.lower() != "bearer":
            return "anonymous access not enabled. Please authenticate through one of the available methods"
        if not hmac.compare_digest(given.encode(), self.api_key.encode()):
            return "unauthorized: invalid api key"
        return ""
