"""One place for what a run is linked to: the position of a partnership among those that the run was started for or that were
made in it. The list that stood in the run beside it knew nothing of the latter, and goes."""

import json

LINKED = "SELECT id, linked_partnership_ids FROM guided_run WHERE CAST(linked_partnership_ids AS TEXT) <> '[]'"
MADE = (
    "SELECT run_id, subject_id FROM step_row WHERE subject_kind = 'partnership' AND CAST(outcome AS TEXT) LIKE {}"
    " ORDER BY shown_at, id"
)
"""What a run was started for, and what was made in it."""


def up(migrator, db):
    linked = {}
    for run_id, told in db.execute_sql(LINKED).fetchall():
        linked[run_id] = json.loads(told) if isinstance(told, str) else told
    mark = db.param
    for run_id, partnership_id in db.execute_sql(MADE.format(mark), ("%create_partnership%",)).fetchall():
        linked.setdefault(run_id, []).append(partnership_id)
    db.execute_sql("ALTER TABLE run_partnership ADD COLUMN position INTEGER")
    for run_id, partnership_ids in linked.items():
        for position, partnership_id in enumerate(dict.fromkeys(partnership_ids), start=1):
            db.execute_sql(
                f"UPDATE run_partnership SET position = {mark} WHERE run_id = {mark} AND partnership_id = {mark}",  # noqa: S608
                (position, run_id, partnership_id),
            )
    db.execute_sql("ALTER TABLE guided_run DROP COLUMN linked_partnership_ids")
