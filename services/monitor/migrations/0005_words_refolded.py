"""The words of runs that are there already, once more without the letters that were left in them: ø is found by o, and ł by l."""

from shared.search.terms import LETTERS, LONGEST_WORD


def up(migrator, db):
    columns = "tenant_id, word, run_id, created_at"
    any_letter = " OR ".join([f"word LIKE {db.param}"] * len(LETTERS))
    found = db.execute_sql(
        f"SELECT {columns} FROM run_word WHERE {any_letter}",  # noqa: S608
        tuple(f"%{chr(letter)}%" for letter in LETTERS),
    ).fetchall()
    for tenant_id, word, run_id, created_at in found:
        values = (tenant_id, word.translate(LETTERS)[:LONGEST_WORD], run_id, created_at)
        places = ", ".join([db.param] * len(values))
        db.execute_sql(f"INSERT INTO run_word ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING", values)  # noqa: S608
        db.execute_sql(f"DELETE FROM run_word WHERE run_id = {db.param} AND word = {db.param}", (run_id, word))  # noqa: S608
