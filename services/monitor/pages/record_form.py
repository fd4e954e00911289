"""The page of a form that adds a record or changes one: shown, sent, and shown again when it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from services.monitor.pages import early_frame, forms, refusals, schema_forms, typed_values
from services.monitor.pages.schema_forms import Schema
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, Stale, TandemError


@dataclass(frozen=True)
class RecordForm:
    """The form of one record. `values` are the present ones; those of something that exists have its `version`.

    `crumb` is the name and the path of the page it belongs to, `about` those of what the record is part of. `back` is
    the path of "Not now", `delete` that of the question before the record is deleted.
    """

    title: str
    schema: Schema
    action: str
    button: str = "Save"
    values: Mapping[str, Any] | None = None
    crumb: tuple[str, str] = ("Customers", "/app/customers")
    back: str = "/app/customers"
    hint: str = ""
    about: tuple[str, str] | None = None
    delete: str = ""

    def change(self) -> dict[str, Any]:
        """What was typed, with null or nothing where a field was emptied."""
        return typed_values.change(self.schema, request.form)

    def given(self) -> dict[str, Any]:
        """What was typed, without what was left empty: the service then takes what is usual."""
        return typed_values.given(self.schema, request.form)

    def save(self, send: Callable[[], Any]) -> Any:
        """What `send` answers, or the form again: with the reason if it was refused, as it was typed if it is only to be
        kept."""
        if forms.is_only_saving():
            return self.show(kept=True)
        try:
            return send()
        except (Conflict, Invalid, Stale) as error:
            return self.show(error)

    def show(self, error: TandemError | None = None, *, kept: bool = False) -> Any:
        """The page of the form with the present values; with what was typed if that is `kept`, or was refused, which it
        then says with the status of that.

        Where somebody else changed the record meanwhile, what is there now stands beside what was typed, which saving
        again writes.
        """
        if error or kept:
            return self._page(error, kept)
        return early_frame.page(self.title, lambda: self._page(None, False))

    def _page(self, error: TandemError | None, kept: bool) -> Any:
        values = self.values or {}
        saved = schema_forms.fields(self.schema, values)
        shown = schema_forms.fields(self.schema, _within(values, self.change())) if error or kept else saved
        refusal = refusals.of(error, shown)
        page = render_template(
            "records/form.html",
            record=self,
            fields=shown,
            errors=refusal.errors,
            problem=refusal.problem,
            present=schema_forms.changed_since(saved, shown) if isinstance(error, Stale) else {},
            version=forms.version(values.get("version"), error) if values.get("version") else None,
            key=request.form.get("key") or ids.new_id(),
        )
        return (page, refusal.status) if error else page


def _within(values: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """The values with what was typed over them, within objects too."""
    both = {**values, **typed}
    for name, value in typed.items():
        if isinstance(value, dict) and isinstance(values.get(name), dict):
            both[name] = _within(values[name], value)
    return both
