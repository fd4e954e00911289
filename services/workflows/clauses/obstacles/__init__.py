"""Finds clauses that hinder a renewal or a new price: the kinds of obstacles, one module each."""

from collections.abc import Sequence

from services.workflows.clauses.finding import Finding
from services.workflows.clauses.obstacles.assignment_consent import ASSIGNMENT_CONSENT
from services.workflows.clauses.obstacles.buying import (
    COMPETITIVE_TENDER,
    FUNDING_OUT,
    REGISTERED_MAIL,
    RENEWAL_APPROVAL,
)
from services.workflows.clauses.obstacles.exclusivity import EXCLUSIVITY
from services.workflows.clauses.obstacles.liability_exceptions import LIABILITY_EXCEPTIONS
from services.workflows.clauses.obstacles.minimum_commitment import MINIMUM_COMMITMENT
from services.workflows.clauses.obstacles.most_favoured_customer import MOST_FAVOURED_CUSTOMER, MOST_FAVOURED_TERMS
from services.workflows.clauses.obstacles.obstacle import Obstacle
from services.workflows.clauses.obstacles.price import BENCHMARKING, PRICE_LOCK
from services.workflows.clauses.obstacles.service_duties import (
    DATA_RESIDENCY_PENALTY,
    SERVICE_LEVEL_EXIT,
    SOURCE_ESCROW,
)
from services.workflows.clauses.obstacles.unlimited_liability import UNLIMITED_LIABILITY
from services.workflows.clauses.text import Sentence

OBSTACLES: tuple[Obstacle, ...] = (
    MOST_FAVOURED_CUSTOMER,
    MOST_FAVOURED_TERMS,
    UNLIMITED_LIABILITY,
    FUNDING_OUT,
    PRICE_LOCK,
    REGISTERED_MAIL,
    DATA_RESIDENCY_PENALTY,
    RENEWAL_APPROVAL,
    COMPETITIVE_TENDER,
    ASSIGNMENT_CONSENT,
    SERVICE_LEVEL_EXIT,
    BENCHMARKING,
    SOURCE_ESCROW,
    EXCLUSIVITY,
    MINIMUM_COMMITMENT,
    LIABILITY_EXCEPTIONS,
)
_SEVERITIES = ("critical", "high", "medium")


def read(sentences: Sequence[Sentence]) -> list[Finding]:
    """`[{key, title, severity, why, sentence}]`, the most severe first, each kind once with its first sentence."""
    found = []
    for obstacle in OBSTACLES:
        sentence = next((candidate for candidate in sentences if obstacle.is_in(candidate.plain)), None)
        if sentence:
            found.append(
                {
                    "key": obstacle.key,
                    "title": obstacle.title,
                    "severity": obstacle.severity,
                    "why": obstacle.why,
                    "sentence": sentence.exact,
                }
            )
    return sorted(found, key=lambda finding: _SEVERITIES.index(finding["severity"]))
