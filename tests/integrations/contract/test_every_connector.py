"""No connector without its contract: whoever registers one inherits both suites."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from app.integrations.registry import all_connectors
from tests.integrations.contract.pages import PagesContract
from tests.integrations.contract.suite import ConnectorContract


@pytest.mark.parametrize("key", sorted(all_connectors()))
@pytest.mark.parametrize("suite", [ConnectorContract, PagesContract])
def test_a_registered_connector_is_tried_against_a_vendor_that_misbehaves(key: str, suite: type) -> None:
    package = importlib.import_module(f"tests.integrations.{key}")
    names = [one.name for one in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")]
    modules = [importlib.import_module(name) for name in names if name.rpartition(".")[2].startswith("test_")]
    tried = [one for module in modules for one in vars(module).values() if isinstance(one, type)]
    assert any(issubclass(one, suite) and one.__name__.startswith("Test") for one in tried)
