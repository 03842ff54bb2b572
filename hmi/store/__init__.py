"""The database: tables, the one writer, queries, history chunks, migrations."""
