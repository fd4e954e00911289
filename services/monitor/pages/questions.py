"""The page that asks for confirmation before an action; with JavaScript it is shown as a dialog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request


@dataclass(frozen=True)
class Question:
    """A question before an action, with the form that performs it. `crumb` is the name and the path of the list that
    the page is part of.

    `action` is the address of the form, `back` that of "Not now", `version` the version that the person has seen
    (If-Match).
    """

    crumb: tuple[str, str]
    title: str
    text: str
    button: str
    action: str
    back: str
    danger: bool = False
    with_reason: bool = False
    reason_needed: bool = False
    version: str | int | None = None
    hidden: Mapping[str, str] = field(default_factory=dict)


def render(question: Question, errors: Mapping[str, Sequence[str]] | None = None) -> Any:
    """The page of a question, with the errors of the reason that was given."""
    return render_template("question.html", ask=question, errors=errors or {}, form=request.form)
