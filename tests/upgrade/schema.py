"""What a database is made of, as lines that can be compared. The order of columns is left out: an upgrade adds at the end."""

import re
from collections.abc import Callable
from typing import Any

OURS = "n.nspname = 'public' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = {}.oid AND d.deptype = 'e')"
TABLES = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
ASKED = {
    "column": f"""
        SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END || ' identity=' || a.attidentity::text
            || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
        FROM {TABLES} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND {OURS.format("c")}""",
    "index": f"""
        SELECT pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END
        FROM {TABLES} JOIN pg_index i ON i.indexrelid = c.oid WHERE {OURS.format("c")}""",
    "constraint": f"""
        SELECT c.relname || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
            || CASE WHEN k.convalidated THEN '' ELSE ' NOT VALID' END
        FROM {TABLES} JOIN pg_constraint k ON k.conrelid = c.oid WHERE k.contype != 'n' AND {OURS.format("c")}""",
    "trigger": f"""
        SELECT pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
        FROM {TABLES} JOIN pg_trigger t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal AND {OURS.format("c")}""",
    "function": f"""
        SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE {OURS.format("p")}""",
    "sequence": f"SELECT c.relname FROM {TABLES} WHERE c.relkind = 'S' AND {OURS.format('c')}",
    "extension": "SELECT extname FROM pg_extension",
    "migration": "SELECT DISTINCT app || '.' || name FROM django_migrations",
}


WRITTEN = re.compile(r"::(character varying|text)(\[\])?|[()]")  # which a dump that is read in again writes otherwise


def schema(sql: Callable[[str], list[tuple[Any, ...]]]) -> set[str]:
    return {f"{kind}: {WRITTEN.sub('', line)}" for kind, query in ASKED.items() for (line,) in sql(query)}
