"""Finds clauses that hinder a renewal or a new price."""

import re
from dataclasses import dataclass

from services.workflows.clauses.finding import Finding
from services.workflows.clauses.text import Sentence

_NEGATED = re.compile(r"\b(?:no|not|nor|never|nothing|neither|without|free of)\b[ a-z,'-]{0,40}$")


@dataclass(frozen=True)
class Obstacle:
    """A kind of clause: how it is recognised, how severe it is, and why it matters."""

    key: str
    title: str
    severity: str
    why: str
    pattern: re.Pattern[str]


OBSTACLES = (
    Obstacle(
        "most_favoured_customer",
        "Most-favoured-customer pricing",
        "critical",
        "A better price given to anybody else must be given here too, so the target cannot be set alone.",
        re.compile(
            r"\bmost[ -]favou?red|\bno less favou?rable than .{0,80}\b(?:price|pricing|terms|fees|customer)"
            r"|\b(?:prices?|pricing|fees|rates)\b.{0,80}\bno (?:less favou?rable"
            r"|higher) than\b.{0,60}\b(?:other|any|similar)"
        ),
    ),
    Obstacle(
        "unlimited_liability",
        "Unlimited liability",
        "critical",
        "Legal will not sign another term with it, and taking it out needs weeks.",
        re.compile(
            r"\bunlimited liability|\bliab\w{1,6}\b.{0,60}\b(?:be|is|are) (?:unlimited|uncapped"
            r"|not (?:be )?(?:limited|capped))|\bno (?:limit|limitation|cap) (?:of|on|to"
            r"|upon) (?:\w{1,12} ){0,3}liability|\bliab\w{1,6} without (?:any )?limit"
        ),
    ),
    Obstacle(
        "funding_out",
        "Non-appropriation of funds",
        "critical",
        "The customer may leave when its budget is cut, whatever the term says.",
        re.compile(
            r"\bnon-?appropriation|\b(?:funds?|funding|budget)\b.{0,60}\b(?:not|no longer|are not"
            r"|is not) (?:be )?(?:appropriated|available|allocated|approved)|\bbudget(?:ary)? (?:reduction"
            r"|cut)s?\b.{0,80}\b(?:terminat|reduce|cancel)"
        ),
    ),
    Obstacle(
        "price_lock",
        "Price lock",
        "high",
        "The price of the next term is fixed already.",
        re.compile(
            r"\b(?:fees?|prices?|pricing|rates?|charges?)\b.{0,60}\b(?:fixed|locked|frozen|firm"
            r"|unchanged)\b.{0,60}\b(?:renew|successive|subsequent|each|any|throughout)|\bprice lock"
            r"|\brate lock"
        ),
    ),
    Obstacle(
        "registered_mail",
        "Notice by registered mail only",
        "high",
        "An e-mail is no notice; the letter must arrive in time.",
        re.compile(
            r"\b(?:only|exclusively|solely|must be|shall be)\b.{0,60}\b(?:registered"
            r"|certified) (?:or (?:registered|certified) )?(?:mail|post|letter)|\b(?:registered"
            r"|certified) (?:mail|post|letter) only"
        ),
    ),
    Obstacle(
        "data_residency_penalty",
        "Data residency with a penalty",
        "high",
        "Where the data lies is a condition, and breaking it costs.",
        re.compile(
            r"\bdata\b.{0,120}\b(?:remain|reside|resident|stored|hosted|kept|processed)\b.{0,160}\b(?:penalt"
            r"|liquidated damages|credit of|forfeit)|\b(?:penalt"
            r"|liquidated damages)\w{0,4}\b.{0,120}\bdata (?:residency|localis|localiz)"
        ),
    ),
    Obstacle(
        "assignment_consent",
        "Consent to assignment or change of control",
        "medium",
        "A change on either side opens the contract again.",
        re.compile(
            r"\bchange (?:of|in) control\b.{0,120}\b(?:consent|terminat|approval)|\b(?:assign"
            r"|transfer)\w{0,6}\b.{0,60}\bwithout (?:the )?(?:prior )?(?:written )?consent"
        ),
    ),
    Obstacle(
        "renewal_approval",
        "Renewal needs an approval",
        "high",
        "Somebody beyond the buyer must approve the renewal; that takes time.",
        re.compile(
            r"\b(?:renew\w{0,3}|extension)\b.{0,80}\b(?:board|committee|council|procurement|executive"
            r"|regulator\w{0,2})\b.{0,40}\b(?:approv|consent|sign)|\b(?:renew\w{0,3}"
            r"|extension)\b.{0,60}\bapprov\w{1,4} (?:by|of|from) (?:\w[\w']{0,14} ){0,3}(?:board|committee"
            r"|council|procurement|executive)"
        ),
    ),
    Obstacle(
        "competitive_tender",
        "Competitive tender",
        "high",
        "The renewal must be won against others.",
        re.compile(
            r"\b(?:competitive|public) (?:tender|bid|procurement)|\brequest for proposals?\b.{0,80}\brenew"
            r"|\brenew\w{0,3}\b.{0,80}\b(?:request for proposals?|tender|re-?bid)"
        ),
    ),
    Obstacle(
        "service_level_exit",
        "Exit after missed service levels",
        "medium",
        "Missed service levels let the customer leave early.",
        re.compile(r"\b(?:service levels?|uptime|availability|sla)\b.{0,160}\bterminat"),
    ),
    Obstacle(
        "benchmarking",
        "Benchmarking of the price",
        "medium",
        "The customer may have the price compared and lowered.",
        re.compile(r"\bbenchmark\w{0,4}\b.{0,120}\b(?:price|pricing|fee|rate|charge|reduc|lower)"),
    ),
    Obstacle(
        "source_escrow",
        "Source code escrow",
        "medium",
        "A deposit must be kept up to date for the term.",
        re.compile(r"\bsource code\b.{0,80}\bescrow|\bescrow\b.{0,80}\bsource code"),
    ),
)


def read(sentences: list[Sentence]) -> list[Finding]:
    """`[{key, title, severity, why, sentence}]`, the most severe first, each kind once with its first sentence."""
    order = {"critical": 0, "high": 1, "medium": 2}
    found = []
    for obstacle in OBSTACLES:
        sentence = next((candidate for candidate in sentences if _has(obstacle, candidate)), None)
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
    return sorted(found, key=lambda finding: order[finding["severity"]])


def _has(obstacle: Obstacle, sentence: Sentence) -> bool:
    match = obstacle.pattern.search(sentence.plain)
    return match is not None and not _NEGATED.search(sentence.plain[: match.start()])
