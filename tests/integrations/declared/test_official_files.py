"""What is sent to Lambda Cloud and Sentry, and what their stand-ins answer, is what the official files describe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from app.integrations.declared.requests import filled
from app.tools.core.complaints import checked
from tests.integrations.declared.official import Official
from tests.integrations.declared.rig import CASES, Case, example
from tests.integrations.declared.stands import Standing, standing
from tests.integrations.declared.test_stand_ins import context

FILES = {
    "lambda_cloud": ("lambda-cloud/lambda-cloud-openapi-1.10.0.json", ()),
    # Sentry's file lists every field of an update as required; its own documentation updates one at a time.
    "sentry": ("sentry/sentry.trimmed.json", ("PUT ",)),
}
COVERED = [case for case in CASES if case.service.service in FILES]


@pytest.fixture
def official(shared: Path, request: pytest.FixtureRequest) -> Official:
    case: Case = request.getfixturevalue("case")
    return read(shared, case.service.service)


def read(shared: Path, service: str) -> Official:
    name, partial = FILES[service]
    path = shared / "specs" / name
    if not path.is_file():
        pytest.skip(f"needs ../shared/specs/{name}, which is absent")
    return Official(orjson.loads(path.read_bytes()), partial)


@pytest.mark.parametrize("case", COVERED, ids=str)
def test_every_argument_is_one_of_the_service_and_takes_what_ours_takes(case: Case, official: Official) -> None:
    operation = case.operation
    for name, argument in operation.arguments.items():
        described = official.parameter(operation.method, operation.path, argument.into, argument.name or name)
        ours = argument.schema_ or {}
        for value in [*ours.get("enum", []), example(ours)]:
            sent: Any = filled(argument.sends, {"value": value}) if argument.sends else value
            wanted = described.get("type") == "array" or argument.as_list
            assert official.accepts(described, [sent] if wanted else sent), (name, sent)
        assert ours.get("maxLength", 0) <= described.get("maxLength", 10_000)


async def everything(stand: Standing) -> None:
    """Every operation once, pages and look-ups included."""
    machine = next(iter(stand.machines.instances))
    issue = stand.errors.issues[0]["shortId"]
    said: dict[str, dict[str, Any]] = {
        "list_sentry_issues": {"project": "sophia", "status": "unresolved", "period": "7d"},
        "get_sentry_error": {"issue": issue},
        "resolve_sentry_issue": {"issue": issue},
        "launch_gpu_machine": {
            "machine_type": "gpu_1x_a10",
            "region": "us-west-1",
            "ssh_key": "team-key",
            "machine_name": "exp-1",
        },
        "restart_gpu_machine": {"machine": machine},
        "terminate_gpu_machine": {"machine": machine},
    }
    for name, tool in stand.tools.items():
        args = checked(tool.args, said.get(name, {}))
        if tool.prepare is not None:
            await tool.prepare(context(), args)
        await tool.run(context(key="apr_1"), args)
        if tool.reconcile is not None:
            await tool.reconcile(context(key="apr_1"), args)
    everywhere = stand.tools["list_sentry_issues"]
    assert len((await everywhere.run(context(), checked(everywhere.args, {}))).rows) > 100


async def test_requests_and_answers_are_as_the_official_files_say(shared: Path) -> None:
    async with standing() as stand:
        await everything(stand)
        for service, exchanges in stand.exchanges.items():
            official = read(shared, service)
            assert len(exchanges) >= 6
            for exchange in exchanges:
                assert official.problems(exchange) == [], (exchange.method, exchange.target)


@pytest.mark.parametrize("service", FILES)
async def test_refusals_of_the_stand_ins_are_as_the_official_files_say(shared: Path, service: str) -> None:
    async with standing() as stand:
        wrong = {
            "lambda_cloud": ("terminate_gpu_machine", {"machine": "none-1"}),
            "sentry": ("resolve_sentry_issue", {"issue": "X-1"}),
        }
        name, arguments = wrong[service]
        tool = stand.tools[name]
        with pytest.raises(Exception, match=r"none-1|X-1"):
            await tool.run(context(key="k"), checked(tool.args, arguments))
        official = read(shared, service)
        assert [exchange.status for exchange in stand.exchanges[service]] == [404]
        assert [official.problems(exchange) for exchange in stand.exchanges[service]] == [[]]


def test_a_field_that_the_file_does_not_know_is_noticed(shared: Path) -> None:
    """The check itself can fail."""
    from tests.integrations.declared.official import Exchange

    official = read(shared, "lambda_cloud")
    path, answer = "/api/v1/instance-operations/launch", b'{"data": {"instance_ids": ["1"]}}'
    body = {"region_name": "us-west-1", "instance_type_name": "gpu_1x_a10", "ssh_key_names": ["k"]}

    def told(body: dict[str, Any], answer: bytes = answer, target: str = path) -> list[str]:
        return official.problems(Exchange("POST", target, orjson.dumps(body), 200, answer))

    assert told(body) == []
    assert told(body | {"count": 3})
    assert told({"region_name": "us-west-1"})
    assert told(body | {"ssh_key_names": "k"})
    assert told(body, b'{"data": {}}')
    assert told(body, target=f"{path}?dry=1")
