"""The endpoints of a feed: its changes and single subjects for services, and parked changes for operators."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import fields, validate, validates_schema

from shared.audit import Acts
from shared.contracts.camel import CamelSchema
from shared.contracts.changes import ChangesArgs, ChangesSchema, Seen, SubjectsArgs, SubjectsSchema
from shared.contracts.paging import Page, PageArgs, page_of
from shared.contracts.values import Moment
from shared.database.connection import session
from shared.feed.changes import Feed
from shared.feed.parked_changes import ParkedChanges
from shared.ground import clock
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.web import callers, list_pages


class ParkedChangeSchema(CamelSchema):
    """A change of `source` that this service could not apply, why, and when it is tried again."""

    source = fields.String(required=True)
    kind = fields.String(required=True)
    subject = fields.String(required=True, attribute="subject_id")
    tenant_id = fields.String(required=True)
    version = fields.Integer(required=True)
    error = fields.String(required=True)
    parked_at = Moment(required=True)
    tries = fields.Integer(required=True)
    retry_at = Moment(required=True, allow_none=True)


class RetryParkedSchema(CamelSchema):
    """Which parked change to try again; an empty body means all."""

    source = fields.String(validate=validate.Length(1, 40))
    kind = fields.String(validate=validate.Length(1, 100))
    subject = fields.String(validate=validate.Length(1, 200))

    @validates_schema
    def all_or_none(self, data: dict[str, Any], **_: Any) -> None:
        """ValidationError for a change that is named only partly."""
        missing = [name for name in ("source", "kind", "subject") if name not in data]
        if data and missing:
            raise validate.ValidationError({name: ["Missing: a change is named by all three."] for name in missing})


class RetriedSchema(CamelSchema):
    """How many changes the worker will try from its next round on."""

    retried = fields.Integer(required=True)


def changes_blueprint(feed: Feed) -> Blueprint:
    """The endpoint of the feed, the same at every service."""
    blueprint = Blueprint(
        "internal_changes",
        __name__,
        url_prefix="/internal",
        description="Between services, with a service's token only.",
    )

    @blueprint.route("/changes")
    @callers.needs("service")
    @blueprint.arguments(ChangesArgs, location="query")
    @blueprint.response(200, ChangesSchema)
    def changes(question: dict[str, Any]) -> Response:
        """What changed behind a position, whole, in the order of positions."""
        seen = Seen(question["epoch"], question["generation"]) if question["epoch"] else None
        text = feed.changes_as_json(question["after"], question["kinds"].split(","), question["limit"], seen)
        return Response(text, content_type="application/json")

    return blueprint


def make(feed: Feed, acts: Acts) -> tuple[Blueprint, Blueprint]:
    """The two blueprints of one context besides its changes: for services under /internal, for operators under /api."""
    return _subjects(feed), _parked_changes(feed, acts)


def _subjects(feed: Feed) -> Blueprint:
    blueprint = Blueprint("internal_subjects", __name__, url_prefix="/internal", description="Between services.")

    @blueprint.route("/subjects")
    @callers.needs("service")
    @blueprint.arguments(SubjectsArgs, location="query")
    @blueprint.response(200, SubjectsSchema)
    def subjects(question: dict[str, Any]) -> JsonObject:
        """Some subjects of a kind, whole and as they are now."""
        return feed.subjects(question["kind"], question["ids"].split(","))

    return blueprint


def _parked_changes(feed: Feed, acts: Acts) -> Blueprint:
    blueprint = Blueprint(
        "parked_changes",
        __name__,
        url_prefix="/api/parked-changes",
        description="Changes of other services that could not be applied here.",
    )

    @blueprint.get("")
    @callers.needs("operator")
    @blueprint.arguments(PageArgs, location="query")
    @blueprint.response(200, page_of(ParkedChangeSchema))
    def list_parked(page: dict[str, Any]) -> dict[str, Any]:
        """What could not be applied, why, and when it is tried again; a super admin sees that of all tenants."""
        return list_pages.page_body(page_of_parked(feed, callers.by(), **page))

    @blueprint.post("/retry")
    @callers.needs("operator")
    @blueprint.arguments(RetryParkedSchema)
    @blueprint.response(202, RetriedSchema)
    def retry(change: dict[str, str]) -> dict[str, int]:
        """Try one again, or all of them: the worker does it at its next look, within seconds."""
        return {"retried": retry_soon(feed, acts, callers.by(), change)}

    return blueprint


def page_of_parked(feed: Feed, by: Principal, **page: Any) -> Page:
    """A page of the parked changes that this person may see."""
    with session(feed.database):
        return ParkedChanges(feed.tables).page(_scope(by), **page)


def retry_soon(feed: Feed, acts: Acts, by: Principal, change: dict[str, str]) -> int:
    """Make one parked change due, or all of them, and record who asked. Returns how many. NotFound when it is not
    parked."""
    now, parked = clock.now(), ParkedChanges(feed.tables)
    with feed.transaction():
        count = 1
        if change:
            parked.retry_soon(_scope(by), change["source"], change["kind"], change["subject"], now)
        else:
            count = parked.retry_all_soon(_scope(by), now)
        subject = change.get("subject", feed.source)
        acts.record(
            by, "asked to retry parked changes", "parked-change", subject, now=now, details={"count": count, **change}
        )
    return count


def _scope(by: Principal) -> str | None:
    return None if by.may("super_admin") else by.tenant_id
