"""Duties about the service itself that weigh at a renewal."""

import re

from services.workflows.clauses.obstacles.obstacle import Obstacle, unless_negated

_DATA_RESIDENCY_PENALTY = re.compile(
    r"\bdata\b.{0,120}\b(?:remain|reside|resident|stored|hosted|kept|processed)\b.{0,160}\b(?:penalt"
    r"|liquidated damages|credit of|forfeit)|\b(?:penalt"
    r"|liquidated damages)\w{0,4}\b.{0,120}\bdata (?:residency|localis|localiz)"
)

_SERVICE_LEVEL_EXIT = re.compile(r"\b(?:service levels?|uptime|availability|sla)\b.{0,160}\bterminat")

_SOURCE_ESCROW = re.compile(
    r"\bsource code\b.{0,80}\bescrow|\bescrow\b.{0,80}\b(?:source code|software)|\bsoftware escrow"
)

DATA_RESIDENCY_PENALTY = Obstacle(
    "data_residency_penalty",
    "Data residency with a penalty",
    "high",
    "Where the data lies is a condition, and breaking it costs.",
    unless_negated(_DATA_RESIDENCY_PENALTY, "data"),
)

SERVICE_LEVEL_EXIT = Obstacle(
    "service_level_exit",
    "Exit after missed service levels",
    "medium",
    "Missed service levels let the customer leave early.",
    unless_negated(_SERVICE_LEVEL_EXIT, "terminat"),
)

SOURCE_ESCROW = Obstacle(
    "source_escrow",
    "Source code escrow",
    "medium",
    "A deposit must be kept up to date for the term.",
    unless_negated(_SOURCE_ESCROW, "escrow"),
)
