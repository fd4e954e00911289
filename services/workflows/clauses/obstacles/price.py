"""The price of the next term: fixed already, or compared with that of others."""

import re

from services.workflows.clauses import price_words
from services.workflows.clauses.obstacles.obstacle import Obstacle, unless_negated

_LOCKED = re.compile(
    rf"{price_words.PRICES.pattern}.{{0,60}}\b{price_words.FIXED}.{{0,60}}\b(?:renew|successive|subsequent"
    r"|each (?:year|term)|throughout)"
    rf"|{price_words.PRICES.pattern}.{{0,40}}\b(?:fixed|locked|frozen) (?:for|during|throughout|in) .{{0,30}}\brenew"
    r"|\b(?:price|rate|fee) lock\b"
)
_COMPARED = re.compile(r"\bbenchmark\w{0,4}\b.{0,120}\b(?:price|pricing|fee|rate|charge|reduc|lower)")
_names_a_lock = unless_negated(_LOCKED, "fixed", "firm", "unchanged", "lock", "frozen", "constant")


def _locks(plain: str) -> bool:
    return _names_a_lock(price_words.without_other_senses(plain))


PRICE_LOCK = Obstacle(
    "price_lock",
    "Price lock",
    "high",
    "The price of the next term is fixed already.",
    _locks,
)
BENCHMARKING = Obstacle(
    "benchmarking",
    "Benchmarking of the price",
    "medium",
    "The customer may have the price compared and lowered.",
    unless_negated(_COMPARED, "benchmark"),
)
