"""The words of what is there already, once more without the letters that were left in them: ø is found by o, and ł by l."""

from shared.search.terms import LETTERS, LONGEST_WORD


def up(migrator, db):
    columns = "kind, subject_id, word, tenant_id, place"
    any_letter = " OR ".join([f"word LIKE {db.param}"] * len(LETTERS))
    found = db.execute_sql(
        f"SELECT {columns} FROM search_word WHERE {any_letter}",  # noqa: S608
        tuple(f"%{chr(letter)}%" for letter in LETTERS),
    ).fetchall()
    for kind, subject_id, word, tenant_id, place in found:
        plain = word.translate(LETTERS)[:LONGEST_WORD]
        values = (kind, subject_id, plain, tenant_id, place)
        places = ", ".join([db.param] * len(values))
        db.execute_sql(f"INSERT INTO search_word ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING", values)  # noqa: S608
        db.execute_sql(
            f"DELETE FROM search_word WHERE kind = {db.param} AND subject_id = {db.param} AND word = {db.param}",  # noqa: S608
            (kind, subject_id, word),
        )
