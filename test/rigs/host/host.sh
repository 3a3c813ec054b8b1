#!/bin/sh
# Starts a machine of Debian in namespaces of its own; what it mounts is gone with it, also when it is killed.
# Usage: host.sh FOLDER ROOTFS MACHINE NSPAWN; disks are listed in FOLDER/disks as "SIZE PATH", files to lay over it are in FOLDER/files.
set -eu
folder=$1
rootfs=$2
machine=$3
nspawn=$4

# Limits are enforced only in a control group of its own, in every controller.
while IFS=: read -r _ controllers path; do
  name=${controllers#name=}
  if [ -z "$name" ]; then
    tree=/sys/fs/cgroup/unified
    [ -d "$tree" ] || tree=/sys/fs/cgroup
  else
    tree=/sys/fs/cgroup/$name
  fi
  [ -f "$tree/cgroup.procs" ] || continue
  [ "$tree" = /sys/fs/cgroup ] && path=/
  own=$tree${path%/}/$machine
  echo "$own" >>"$folder/groups"
  mkdir "$own"
  if [ "$name" = cpuset ]; then
    cat "$own/../cpuset.cpus" >"$own/cpuset.cpus"
    cat "$own/../cpuset.mems" >"$own/cpuset.mems"
  fi
  echo $$ >"$own/cgroup.procs"
done </proc/self/cgroup

mount -t tmpfs -o size=1g none "$folder/system"
mkdir "$folder/system/upper" "$folder/system/work" "$folder/system/root"
root=$folder/system/root
mount -t overlay -o "lowerdir=$rootfs,upperdir=$folder/system/upper,workdir=$folder/system/work" overlay "$root"
cp -a "$folder/files/." "$root/"
while read -r size path; do
  image=$folder/system/disk$(echo "$path" | tr / -)
  truncate -s "$size" "$image"
  mkfs.ext4 -q -F -m 0 "$image"
  mkdir -p "$root$path"
  mount -o loop "$image" "$root$path"
done <"$folder/disks"

# A small first process opens the controllers for writing, which are read-only in a container otherwise.
cat >"$root/first" <<'FIRST'
#!/bin/sh
for tree in /sys/fs/cgroup/*; do [ -L "$tree" ] || [ -f "$tree" ] || mount -o remount,bind,rw "$tree" 2>/dev/null; done
exec /lib/systemd/systemd
FIRST
chmod 755 "$root/first"
# It ends with 133 when the machine wants to boot anew.
status=133
while [ "$status" = 133 ]; do
  status=0
  "$nspawn" --quiet --keep-unit --register=no --machine="$machine" --network-veth --directory="$root" \
    --kill-signal=SIGRTMIN+3 --resolv-conf=off --console=pipe /first || status=$?
done
exit "$status"
