"""The kinds of facts about a customer. A further kind is a module here and a line in `KINDS`."""

from services.workflows.fact_kinds import (
    agreed_terms,
    budget_cut,
    champion_left,
    closed_period,
    competitor,
    credit,
    escalation,
    expansion,
    funding,
    going_out,
    house_rule,
    incident,
    key_date,
    last_access,
    last_word,
    legal_dispute,
    list_price,
    measured_value,
    merger,
    new_name,
    notice_given,
    offer,
    open_point,
    payment_state,
    payment_withheld,
    purchase_order,
    remark,
    reorganisation,
    security_incident,
    signatory,
    tickets,
)
from services.workflows.fact_kinds.fact_kind import SIGNAL, FactKind

KINDS: tuple[FactKind, ...] = (
    budget_cut.KIND,
    competitor.KIND,
    expansion.KIND,
    escalation.KIND,
    reorganisation.KIND,
    merger.KIND,
    champion_left.KIND,
    security_incident.KIND,
    legal_dispute.KIND,
    notice_given.KIND,
    payment_withheld.KIND,
    key_date.KIND,
    closed_period.KIND,
    new_name.KIND,
    agreed_terms.KIND,
    offer.KIND,
    list_price.KIND,
    open_point.KIND,
    signatory.KIND,
    purchase_order.KIND,
    last_access.KIND,
    payment_state.KIND,
    credit.KIND,
    funding.KIND,
    incident.KIND,
    tickets.KIND,
    last_word.KIND,
    going_out.KIND,
    house_rule.KIND,
    measured_value.KIND,
    remark.KIND,
)

SIGNALS = tuple(kind for kind in KINDS if kind.group is SIGNAL)
"""The kinds of signals, in the order in which a renewal weighs them."""

_BY_KEY = {kind.key: kind for kind in KINDS}


def get_or_none(key: str) -> FactKind | None:
    """The kind of this key, or None."""
    return _BY_KEY.get(key)


def get(key: str) -> FactKind:
    """The kind of this key. KeyError if there is none."""
    return _BY_KEY[key]
