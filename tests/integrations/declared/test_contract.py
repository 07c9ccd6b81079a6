"""Every declared service keeps the contract."""

from __future__ import annotations

from tests.integrations.declared.suite import ListContract, PageContract, ReadContract, WriteContract


class TestReading(ReadContract):
    pass


class TestLists(ListContract):
    pass


class TestPages(PageContract):
    pass


class TestWriting(WriteContract):
    pass
