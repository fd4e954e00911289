"""Reads who may end the contract early, with and without a reason."""

from services.workflows.clauses import cause, convenience, list_items
from services.workflows.clauses.finding import Finding
from services.workflows.clauses.text import Sentence


def read(sentences: list[Sentence]) -> dict[str, Finding]:
    """`{convenience: {status, allowed, party, notice, condition}, cause: {..., cure}}`, each with its sentence. If there
    are several rights, each party's own or on different conditions, `rights` names them."""
    passages = list(list_items.with_leads(sentences))
    return {"convenience": convenience.settled(convenience.candidates(passages)), "cause": cause.read(passages)}
