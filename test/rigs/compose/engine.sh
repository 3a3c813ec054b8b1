#!/bin/sh
# Runs a Docker engine, "$@", in process and mount namespaces of its own: when it ends, so does everything in it. What it leaves outside of them,
# bridges, control groups and its folder, is taken away here. `clean` instead of the engine only does that, for one that was killed.
folder=$1
net=$2
shift 2

clean() {
  if [ -s "$folder/engine" ]; then
    read -r pid start <"$folder/engine"
    [ "$(cut -d' ' -f22 "/proc/$pid/stat" 2>/dev/null)" = "$start" ] && kill -KILL "$pid"
  fi
  ip -o -4 addr show | while read -r _ name _ address _; do
    case $name/$address in br-*/"$net".*) ip link delete "$name" ;; esac
  done
  # A killed process is in its group for a moment more.
  tries=0
  while find /sys/fs/cgroup -depth -type d -path "*/$(basename "$folder")*" -exec rmdir {} \; 2>&1 | grep -q . && [ "$tries" -lt 20 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  rm -rf "$folder"
}

if [ "$1" = clean ]; then
  clean
  exit
fi
unshare --mount --pid --fork --kill-child=KILL --mount-proc "$@" &
inner=$!
# Whoever read what we say may be gone by the time that we clean up.
exec >/dev/null 2>&1
trap 'kill -KILL "$inner" 2>/dev/null' TERM INT HUP
echo "$inner $(cut -d' ' -f22 "/proc/$inner/stat")" >"$folder/engine"
wait "$inner"
while kill -0 "$inner" 2>/dev/null; do wait "$inner"; done
clean
