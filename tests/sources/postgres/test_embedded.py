import psycopg


def test_a_database_is_empty_and_the_callers_own(new_database, run_sql):
    first, second = new_database(), new_database()
    run_sql(first, "CREATE TABLE t (a integer); SELECT 1")
    with psycopg.connect(second) as connection:
        found = connection.execute("SELECT count(*) FROM pg_class WHERE relname = 't'").fetchone()

    assert found == (0,)
