"""Every route of the four services, with the least role that its view names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.ground import ids
from shared.ground.principal import ROLES

PUBLIC = {
    "/", "/app", "/sign-in", "/docs", "/openapi.json", "/livez", "/readyz", "/metrics", "/static/<path:filename>",
    "/static/style.css", "/static/script.js",
}  # fmt: skip
"""What anybody may ask for."""

UNKNOWN = ids.named("nothing", "has this id")


@dataclass(frozen=True)
class Route:
    """A method and a path of a service, and the least role that its view names ("" for none)."""

    service: str
    method: str
    rule: str
    arguments: frozenset[str]
    role: str

    @property
    def is_unsafe(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"

    @property
    def is_page(self) -> bool:
        """Whether it is for people in a browser."""
        return not self.rule.startswith(("/api/", "/internal/"))

    def path(self, known: dict[str, str]) -> str:
        """The path about known things; what is not known is an id that nothing has."""
        text = self.rule
        for name in self.arguments:
            text = text.replace(f"<path:{name}>", f"<{name}>").replace(f"<string:{name}>", f"<{name}>")
            text = text.replace(f"<{name}>", known.get(name, UNKNOWN))
        while "<any(" in text:
            before, _, rest = text.partition("<any(")
            words, _, after = rest.partition(">")
            text = before + words.partition(")")[0].partition(",")[0] + after
        return text

    def is_for(self, role: str) -> bool:
        """Whether somebody with this role may use it; "service" is a service that asks by itself."""
        if role == "service" or self.role == "service":
            return role == "service" and bool(self.role)
        return self.role in ROLES and ROLES.index(role) >= ROLES.index(self.role)


def guarded(applications: Mapping[str, Any]) -> list[Route]:
    """All that are not for everybody, of `{service: (application, settings)}`."""
    found = (route for service, (application, _) in applications.items() for route in _routes(service, application))
    return [route for route in found if route.rule not in PUBLIC]


def _routes(service: str, application: Any) -> Iterator[Route]:
    for rule in application.url_map.iter_rules():
        role = getattr(application.view_functions[rule.endpoint], "needed_role", "")
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield Route(service, method, rule.rule, frozenset(rule.arguments), role)
