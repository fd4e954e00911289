"""What is posted to import a file, in every context that takes one."""

from __future__ import annotations

from shared.contracts.camel import CamelSchema
from shared.contracts.strict import Flag, prose, whole


class ImportIn(CamelSchema):
    """A CSV file; with `dryRun` nothing is changed, and the receipt says what would happen."""

    csv = prose(5_000_000, required=True)
    dry_run = Flag(load_default=False)
    after = whole(0, 10_000_000, load_default=0, metadata={"description": "Only what is behind this line of the file."})
    limit = whole(
        1,
        10_000,
        load_default=None,
        metadata={"description": "At most so many lines; the next call goes on behind the last."},
    )
