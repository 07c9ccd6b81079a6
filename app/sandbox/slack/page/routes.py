"""The page's addresses."""

from fastapi import APIRouter

from app.sandbox.outbox import Outbox
from app.sandbox.slack.interacting import Interacting


def page_router(interacting: Interacting, outbox: Outbox) -> APIRouter:
    """The routes of the page; its screens come with the next change."""
    return APIRouter()
