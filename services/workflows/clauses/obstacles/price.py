"""The price of the next term: fixed already, or compared with that of others."""

import re

from services.workflows.clauses.obstacles.obstacle import Obstacle, unless_negated

_PRICE_LOCK = re.compile(
    r"\b(?:fees?|prices?|pricing|rates?|charges?)\b.{0,60}\b(?:fixed|locked|frozen|firm"
    r"|unchanged)\b.{0,60}\b(?:renew|successive|subsequent|each|any|throughout)|\bprice lock"
    r"|\brate lock"
)

_BENCHMARKING = re.compile(r"\bbenchmark\w{0,4}\b.{0,120}\b(?:price|pricing|fee|rate|charge|reduc|lower)")

PRICE_LOCK = Obstacle(
    "price_lock",
    "Price lock",
    "high",
    "The price of the next term is fixed already.",
    unless_negated(_PRICE_LOCK),
)

BENCHMARKING = Obstacle(
    "benchmarking",
    "Benchmarking of the price",
    "medium",
    "The customer may have the price compared and lowered.",
    unless_negated(_BENCHMARKING),
)
