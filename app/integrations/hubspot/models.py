"""HubSpot's records, leniently: only what a row can't be without is required."""

from __future__ import annotations

from pydantic import AliasChoices, AliasPath, Field

from app.integrations.hubspot.fields import ExactCents, Moment, Phone, RecordId, RichText, Text, Yes
from app.integrations.records import Record


def _of(name: str) -> AliasPath:
    return AliasPath("properties", name)


class CrmRecord(Record):
    id: RecordId
    archived: Yes = False
    archived_at: Moment = Field(default=None, alias="archivedAt")
    made: Moment = Field(default=None, alias="createdAt")
    touched: Moment = Field(default=None, alias="updatedAt")
    owner_id: Text = Field(default="", validation_alias=_of("hubspot_owner_id"))


class Company(CrmRecord):
    name: Text = Field(default="", validation_alias=_of("name"))
    domain: Text = Field(default="", validation_alias=_of("domain"))
    kind: Text = Field(default="", validation_alias=_of("type"))


class Contact(CrmRecord):
    first_name: Text = Field(default="", validation_alias=_of("firstname"))
    last_name: Text = Field(default="", validation_alias=_of("lastname"))
    email: Text = Field(default="", validation_alias=_of("email"))
    phone: Phone = Field(default="", validation_alias=_of("phone"))
    job_title: Text = Field(default="", validation_alias=_of("jobtitle"))

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email


class Deal(CrmRecord):
    name: Text = Field(min_length=1, validation_alias=_of("dealname"))
    amount: ExactCents = Field(default=None, validation_alias=_of("amount"))
    currency: Text = Field(default="", validation_alias=_of("deal_currency_code"))
    pipeline: Text = Field(default="", validation_alias=_of("pipeline"))
    stage: Text = Field(default="", validation_alias=_of("dealstage"))
    closes: Moment = Field(default=None, validation_alias=_of("closedate"))
    modified: Moment = Field(default=None, validation_alias=_of("hs_lastmodifieddate"))


class Task(CrmRecord):
    subject: Text = Field(default="", validation_alias=_of("hs_task_subject"))
    body: RichText = Field(default="", validation_alias=_of("hs_task_body"))
    status: Text = Field(default="", validation_alias=_of("hs_task_status"))
    due: Moment = Field(default=None, validation_alias=_of("hs_timestamp"))


class Note(CrmRecord):
    body: RichText = Field(default="", validation_alias=_of("hs_note_body"))
    written: Moment = Field(default=None, validation_alias=_of("hs_timestamp"))


class Owner(Record):
    id: RecordId
    archived: Yes = False
    email: Text = ""
    first_name: Text = Field(default="", alias="firstName")
    last_name: Text = Field(default="", alias="lastName")

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email


class StageInfo(Record):
    """`metadata.isClosed` and `metadata.probability` come as texts."""

    id: Text = Field(min_length=1)
    label: Text = ""
    closed: Text = Field(default="", validation_alias=AliasPath("metadata", "isClosed"))
    probability: Text = Field(default="", validation_alias=AliasPath("metadata", "probability"))


class Pipeline(Record):
    id: Text = Field(min_length=1)
    label: Text = ""
    stages: tuple[StageInfo, ...] = ()


class Option(Record):
    """One choice of a property."""

    value: Text
    label: Text = ""


class PropertyInfo(Record):
    name: Text
    options: tuple[Option, ...] = ()


class Links(Record):
    """What hangs on one record: `to` as `POST …/batch/read` of associations gives it."""

    id: RecordId = Field(validation_alias=AliasPath("from", "id"))
    to: tuple[LinkedTo, ...] = ()

    @property
    def first(self) -> str:
        """The primary one, else the one with the lowest id; "" for none."""
        ordered = sorted(self.to, key=lambda one: (not one.is_primary, int(one.id)))
        return ordered[0].id if ordered else ""


class AssociationType(Record):
    label: Text = ""


class LinkedTo(Record):
    id: RecordId = Field(validation_alias=AliasChoices("toObjectId", "id"))
    types: tuple[AssociationType, ...] = Field(default=(), alias="associationTypes")

    @property
    def is_primary(self) -> bool:
        return any(one.label == "Primary" for one in self.types)


Links.model_rebuild()
