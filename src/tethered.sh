#!/bin/sh
# Runs "$@" and ends it when our standard input closes, that is when whoever started us is gone, however it went.
# The first argument is the signal that asks the program to end, e.g. TERM, or INT for PostgreSQL.
stop_signal=$1
shift
exec 3<&0
# The program may watch its standard input too: nothing ever comes, and it closes when ours does.
"$@" <&3 3<&- &
child=$!
{
  cat <&3 >/dev/null
  kill -s "$stop_signal" "$child" 2>/dev/null
  tries=0
  while kill -0 "$child" 2>/dev/null && [ "$tries" -lt 50 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  kill -s KILL "$child" 2>/dev/null
} >/dev/null 2>&1 &
watcher=$!
exec 3<&-
trap 'kill -s "$stop_signal" "$child" 2>/dev/null' TERM INT HUP
while :; do
  wait "$child"
  status=$?
  kill -0 "$child" 2>/dev/null || break
done
kill "$watcher" 2>/dev/null
exit "$status"
