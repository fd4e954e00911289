"""The clause that sets no limit to somebody's liability."""

import re

from services.workflows.clauses.obstacles.obstacle import Obstacle, unless_negated

_UNLIMITED = re.compile(
    r"\bunlimited liability\b(?! (?:compan|corporation|partnership))|\bliab\w{1,6}\b.{0,60}\b(?:be|is"
    r"|are) (?:unlimited|uncapped"
    r"|not (?:be )?(?:limited|capped))|\bno (?:limit|limitation|cap) (?:of|on|to"
    r"|upon) (?:\w{1,12} ){0,3}liability\b(?! (?:shall|will|contained|set))"
    r"|\bliab\w{1,6} without (?:any )?limit(?:s|ation)?\b(?! the| to| of)"
)

UNLIMITED_LIABILITY = Obstacle(
    "unlimited_liability",
    "Unlimited liability",
    "critical",
    "Legal will not sign another term with it, and taking it out needs weeks.",
    unless_negated(_UNLIMITED, "liab"),
)
