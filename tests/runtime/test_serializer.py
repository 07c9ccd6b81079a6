from dataclasses import dataclass

import pytest

from app.domain.errors import Ambiguous, Bug, NotFound, RetryLater
from app.domain.money import Money
from app.runtime.serializer import RecordedFailure, TaggedJson
from tests.channels import samples

CODEC = TaggedJson()


@pytest.mark.parametrize("name", ["WITH_TABLE", "QUESTION", "APPROVAL", "FAILED"])
def test_an_answer_comes_back_as_it_was(name):
    answer = getattr(samples, name)
    assert CODEC.deserialize(CODEC.serialize(answer)) == answer


@pytest.mark.parametrize("value", [None, 1, 1.5, "x", True, [1, (2, 3)], {"$type": "trap", "a": {"b": Money(1)}}, {}])
def test_plain_values_come_back_as_they_were(value):
    assert CODEC.deserialize(CODEC.serialize(value)) == value


def test_errors_keep_their_kind_and_their_sentence():
    read = CODEC.deserialize(CODEC.serialize(NotFound("No such unit.", near=("101",), code="no_unit")))
    assert (type(read), read.sentence, read.code, read.near) == (NotFound, "No such unit.", "no_unit", ())
    for error in (RetryLater("Later."), Ambiguous("Which?", options=("a",)), Bug("trace")):
        read = CODEC.deserialize(CODEC.serialize(error))
        assert (type(read), read.sentence) == (type(error), error.sentence)
    assert isinstance(CODEC.deserialize(CODEC.serialize(KeyError("x"))), RecordedFailure)


def test_only_the_domains_own_types_are_stored():
    @dataclass
    class Stranger:
        name: str

    for value in (Stranger("x"), object(), {1: "x"}, b"bytes"):
        with pytest.raises(TypeError):
            CODEC.serialize(value)


def test_an_unknown_tag_is_refused():
    for text in ('{"$type":"os.system","value":"ls"}', '{"plain":"object"}'):
        with pytest.raises(ValueError, match="stored"):
            CODEC.deserialize(text)
