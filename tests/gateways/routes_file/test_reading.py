"""A routes file: what it becomes, and how each thing that can be wrong in it is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.errors import Fixable
from app.gateways.money.price_tables import PriceTables
from app.gateways.providers import discover
from app.gateways.route_plan import Policy, RoutePlan
from app.gateways.routes import facts_of
from app.gateways.routes_file.reading import Machine, read_routes
from app.gateways.spend import Fees, OwnPrice, PerMinute, Task
from app.gateways.terms import Capability, ModelClass

ROOT = Path(__file__).resolve().parents[3]
KEYS = {"openai_api_key": "sk-one,sk-two", "anthropic_api_key": "sk-ant", "openrouter_api_key": "sk-or"}
OPENAI = '[[route]]\nprovider = "openai"\nmodel = "gpt-5.4-mini"\n'


def machine(**values: str) -> Machine:
    prices = PriceTables()
    return Machine({**KEYS, **values}, discover(), lambda route: prices.rates(route, date(2026, 11, 1)) is not None)


def planned(folder: Path, text: str, **values: str) -> RoutePlan:
    file = folder / "models.toml"
    file.write_text(text)
    return read_routes(file).plan(machine(**values))


def refused(folder: Path, text: str, **values: str) -> list[str]:
    """The complaints about a file, without the bullets."""
    with pytest.raises(Fixable) as wrong:
        planned(folder, text, **values)
    head, *lines = wrong.value.sentence.splitlines()
    assert head == f"Sophia can't use the routes in {folder / 'models.toml'}:"
    assert "docs/models.md" in wrong.value.next_step
    return [line.removeprefix("  • ") for line in lines]


def test_the_example_in_the_docs_is_a_file_that_works() -> None:
    plan = read_routes(ROOT / "docs/models.example.toml").plan(machine())
    assert plan.policy is Policy.BALANCED
    assert plan.rules.no_training
    assert plan.classes[Task.PLAN] is ModelClass.STANDARD
    names = [facts_of(one.provider, one.access.model, one.terms).name for one in plan.routes]
    assert names == [
        "openai/gpt-5.4-mini",
        "openai/gpt-5.4-mini",
        "anthropic/claude-sonnet-5",
        "openrouter:openai/gpt-5.4-mini",
        "kong:meta/llama-3.3-70b",
    ]
    first, second, strong, router, kong = plan.routes
    assert (first.terms.key, second.terms.key) == ("1", "2")
    assert (first.access.api_key, second.access.api_key) == ("sk-one", "sk-two")
    assert first.terms.limit == PerMinute(500, 200_000)
    assert Capability.VISION in first.terms.capabilities
    assert (strong.terms.model_class, strong.terms.quality) == (ModelClass.STRONG, 0.9)
    assert router.terms.fees == Fees(200, Decimal("5.5"))
    assert router.access.options["openrouter_zdr"] == "true"
    assert kong.access.base_url == "http://kong.internal:8000/llama"
    assert kong.terms.price == OwnPrice(Decimal("0.10"), Decimal("0.40"))
    assert (kong.terms.window, kong.terms.capabilities) == (32_000, {Capability.TOOLS})
    assert kong.terms.takes_refused


def test_a_route_of_two_lines_gets_what_is_usual(tmp_path: Path) -> None:
    plan = planned(tmp_path, OPENAI)
    assert [one.terms.key for one in plan.routes] == ["1", "2"]
    assert plan.routes[0].terms.price is None
    assert plan.routes[0].terms.capabilities == {Capability.TOOLS, Capability.STRUCTURED_OUTPUT, Capability.STREAMING}


def test_a_second_account_has_a_variable_of_its_own_and_goes_on_counting_keys(tmp_path: Path) -> None:
    plan = planned(tmp_path, f'{OPENAI}{OPENAI}key = "OPENAI_TEAM_KEY"\n', openai_team_key="sk-team")
    assert [(one.terms.key, one.access.api_key) for one in plan.routes] == [
        ("1", "sk-one"), ("2", "sk-two"), ("3", "sk-team"),
    ]  # fmt: skip
    file = read_routes(tmp_path / "models.toml")
    assert file.key_variables == ("OPENAI_TEAM_KEY",)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('pirce = { input = 1, output = 2 }', "`pirce` is no field; did you mean `price`?"),
        ("price = { input = 1, output = 2, ouput = 2 }", "`ouput` is no field; did you mean `output`?"),
        ("price = { input = -1, output = 2 }", "line 4, route 1 (gpt-5.4-mini): `price.input` input should be greater"),
        ("price = { input = 1 }", "`price.output` is missing"),
        ('class = "huge"', "line 4, route 1 (gpt-5.4-mini): `class` input should be 'small', 'standard' or 'strong'"),
        ('capabilities = ["tools", "smell"]', "`capabilities` input should be 'tools'"),
        ('capabilities = ["tools", "tools"]', "`capabilities` names something twice"),
        ("quality = 1.5", "`quality` input should be less than 1"),
        ("window = 10", "`window` input should be greater than or equal to 1000"),
        ('base_url = "kong:8000"', "`base_url` must be an address that starts with https://"),
        ("limit = { requests = 0 }", "`limit.requests` input should be greater than or equal to 1"),
        ('options = { portkey_provider_key = "sk-x" }', "`options` must not hold portkey_provider_key, which is"),
    ],
)  # fmt: skip
def test_a_field_that_is_wrong_is_told_with_its_line(tmp_path: Path, line: str, complaint: str) -> None:
    (told,) = refused(tmp_path, f"{OPENAI}{line}\n")
    assert told.startswith("line 4, route 1 (gpt-5.4-mini): ")
    assert complaint in told


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "there is no [[route]] in it"),
        ('polcy = "best"\n' + OPENAI, "line 1: `polcy` is no field; did you mean `policy`?"),
        ('policy = "dearest"\n' + OPENAI, "line 1: `policy` input should be 'listed', 'cheapest'"),
        ("[[route]\n", "it is no TOML: "),
        ('[[route]]\nprovider = "openai"\n', "line 1, route 1: `model` is missing"),
        ('[[route]]\nmodel = "m"\n', "`provider` is missing; there are `anthropic`"),
        ('[[route]]\nprovider = "opena1"\nmodel = "m"\n', "line 2, route 1 (opena1/m): there is no provider `opena1`"),
        ('[[route]]\nprovider = "kong"\nmodel = "m"\n', '`kong` is a gateway; write `gateway = "kong"`'),
        ('[[route]]\ngateway = "cong"\nmodel = "m"\n', "there is no gateway `cong`; there are `direct`, `kong`"),
        ('[[route]]\ngateway = "openai"\nmodel = "m"\n', "there is no gateway `openai`"),
        ('[[route]]\nprovider = "openai"\nmodel = "gtp-5"\n', "line 3, route 1 (openai/gtp-5): no price is known"),
        ('[[route]]\nprovider = "cohere"\nmodel = "command-a-03-2025"\n', "COHERE_API_KEY is not set; set it in"),
        (f'{OPENAI}key = "OTHER_KEY"\n', "line 4, route 1 (openai/gpt-5.4-mini): OTHER_KEY is not set"),
        (f'{OPENAI}options = {{ zdr = "x" }}\n', "OpenAI has no option `zdr`"),
        (
            '[[route]]\ngateway = "kong"\nmodel = "m"\nprice = { input = 0, output = 0 }\n',
            "it has no address; write `base_url`, or set KONG_URL",
        ),
        (f'{OPENAI}\n{OPENAI}key = "OPENAI_API_KEY"\n', "line 5, route 2 (openai/gpt-5.4-mini): is the same route"),
        (f"{OPENAI}limit = {{ requests = 500, tokens = 60 }}\n", "line 4, route 1 (openai/gpt-5.4-mini): 500 r"),
        (f'{OPENAI}price = {{ input = 1, output = 2 }}\nprice_ref = "openai:gpt-5"\n', "say the same thing twice"),
        (f'[classes]\nplan = "strong"\n{OPENAI}', "line 2: calls to plan ask for a strong model, and no route is"),
        (f"[data]\nzero_retention = true\n{OPENAI}", "line 1: [data] rules out every route (keeps data)"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_told_before_the_start(tmp_path: Path, text: str, complaint: str) -> None:
    (told,) = refused(tmp_path, text)
    assert complaint in told


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    told = refused(
        tmp_path, f'{OPENAI}limit = {{ requests = 9, tokens = 8 }}\n[[route]]\nprovider = "x"\nmodel = "m"\n'
    )
    assert [line.split(":")[0] for line in told] == ["line 4, route 1 (openai/gpt-5.4-mini)", "line 6, route 2 (x/m)"]


def test_a_key_that_was_written_into_the_file_is_not_repeated_in_the_complaint(tmp_path: Path) -> None:
    (told,) = refused(tmp_path, f'{OPENAI}key = "sk-proj-very-secret-indeed"\n')
    assert "must be the NAME of the variable" in told
    assert "very-secret" not in told


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Fixable, match=r"MODEL_ROUTES_FILE names .*nowhere\.toml, which can't be read"):
        read_routes(tmp_path / "nowhere.toml")
