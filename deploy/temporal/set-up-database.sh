#!/bin/sh
# Brings Temporal's two databases to the version of the server. May run again: what is there already is left alone.
# DB_HOST and DB_USER say where; the password comes in SQL_PASSWORD, never as an argument that others could see.
set -eu

schemas=/etc/temporal/schema/postgresql/v12

sql_tool() {
  temporal-sql-tool --plugin postgres12 --ep "$DB_HOST" -p 5432 -u "$DB_USER" "$@"
}

set_up() {
  sql_tool --db "$1" create
  sql_tool --db "$1" setup-schema -v 0.0
  sql_tool --db "$1" update-schema -d "$schemas/$2/versioned"
}

set_up temporal temporal
set_up temporal_visibility visibility
