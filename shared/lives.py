"""The life of a kind of thing, as a table of legal moves; each context writes its own tables with it (pure)."""

from dataclasses import dataclass

from shared.errors import Conflict


@dataclass(frozen=True)
class Life:
    """The states of one kind of thing and its moves: `moves[verb]` is (states that it may leave, state after)."""

    name: str
    states: tuple[str, ...]
    moves: dict[str, tuple[frozenset[str], str]]

    def allowed(self, state: str) -> list[str]:
        """The verbs that may be used in this state, sorted."""
        return sorted(verb for verb, (leaves, _) in self.moves.items() if state in leaves)

    def after(self, verb: str, state: str) -> str:
        """The state after the verb; Conflict naming the allowed verbs where the table has no such move."""
        leaves, target = self.moves[verb]
        if state not in leaves:
            raise Conflict(f"A {self.name} that is {state} cannot {verb}.", allowed=self.allowed(state))
        return target

    def leaves(self, verb: str) -> list[str]:
        """The states that the verb may leave, for the WHERE of a guarded write."""
        return sorted(self.moves[verb][0])


def move(target: str, *leaves: str) -> tuple[frozenset[str], str]:
    """One entry of a table of moves: to `target`, from any of `leaves`."""
    return frozenset(leaves), target
