"""How the customer buys: funds that may be cut, approvals, tenders, and the form of a notice."""

import re

from services.workflows.clauses.obstacles.obstacle import Obstacle, unless_negated

_FUNDING_OUT = re.compile(
    r"\bnon-?appropriation|\b(?:funds?|funding|budget)\b.{0,60}\b(?:not|no longer|are not"
    r"|is not) (?:be )?(?:appropriated|available|allocated|approved)|\bbudget(?:ary)? (?:reduction"
    r"|cut)s?\b.{0,80}\b(?:terminat|reduce|cancel)"
)

_REGISTERED_MAIL = re.compile(
    r"\b(?:only|exclusively|solely|must be|shall be)\b.{0,60}\b(?:registered"
    r"|certified) (?:or (?:registered|certified) )?(?:mail|post|letter)|\b(?:registered"
    r"|certified) (?:mail|post|letter) only"
)

_RENEWAL_APPROVAL = re.compile(
    r"\b(?:renew\w{0,3}|extension)\b.{0,80}\b(?:board|committee|council|procurement|executive"
    r"|regulator\w{0,2})\b.{0,40}\b(?:approv|consent|sign)|\b(?:renew\w{0,3}"
    r"|extension)\b.{0,60}\bapprov\w{1,4} (?:by|of|from) (?:\w[\w']{0,14} ){0,3}(?:board|committee"
    r"|council|procurement|executive)"
)

_COMPETITIVE_TENDER = re.compile(
    r"\b(?:competitive|public) (?:tender|bid|procurement)|\brequest for proposals?\b.{0,80}\brenew"
    r"|\brenew\w{0,3}\b.{0,80}\b(?:request for proposals?|tender|re-?bid)"
)

FUNDING_OUT = Obstacle(
    "funding_out",
    "Non-appropriation of funds",
    "critical",
    "The customer may leave when its budget is cut, whatever the term says.",
    unless_negated(_FUNDING_OUT, "appropriat", "fund", "budget"),
)

REGISTERED_MAIL = Obstacle(
    "registered_mail",
    "Notice by registered mail only",
    "high",
    "An e-mail is no notice; the letter must arrive in time.",
    unless_negated(_REGISTERED_MAIL, "registered", "certified"),
)

RENEWAL_APPROVAL = Obstacle(
    "renewal_approval",
    "Renewal needs an approval",
    "high",
    "Somebody beyond the buyer must approve the renewal; that takes time.",
    unless_negated(_RENEWAL_APPROVAL, "approv", "consent", "sign"),
)

COMPETITIVE_TENDER = Obstacle(
    "competitive_tender",
    "Competitive tender",
    "high",
    "The renewal must be won against others.",
    unless_negated(_COMPETITIVE_TENDER, "tender", "proposal", "bid", "procurement"),
)
