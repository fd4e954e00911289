"""A table of states and legal moves. Each context writes its own."""

from dataclasses import dataclass

from shared.ground.errors import Conflict


@dataclass(frozen=True)
class StateMachine:
    """The states and moves of one kind of thing: `moves[verb]` is (source states, target state)."""

    name: str
    states: tuple[str, ...]
    moves: dict[str, tuple[frozenset[str], str]]

    @property
    def article(self) -> str:
        """ "A", or "An" before a vowel."""
        return "An" if self.name[:1].lower() in "aeio" else "A"

    def allowed(self, state: str) -> list[str]:
        """The verbs that are legal in this state, sorted."""
        return sorted(verb for verb, (sources, _) in self.moves.items() if state in sources)

    def after(self, verb: str, state: str) -> str:
        """The state after the verb. Conflict, naming the allowed verbs, when the move is not legal."""
        sources, target = self.moves[verb]
        if state not in sources:
            raise Conflict(f"{self.article} {self.name} that is {state} cannot {verb}.", allowed=self.allowed(state))
        return target

    def sources(self, verb: str) -> list[str]:
        """The source states of the verb, for the WHERE of a guarded write."""
        return sorted(self.moves[verb][0])


def move(target: str, *sources: str) -> tuple[frozenset[str], str]:
    """One entry of a table of moves: to `target`, from any of `sources`."""
    return frozenset(sources), target
