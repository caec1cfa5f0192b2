#!/bin/sh
# install_in_clean_root.sh DEB: installs the package with apt in a fresh Debian root and measures
# how long it takes until the first verdict is on the screen: at most 60 seconds.
set -eu
cd "$(dirname "$0")/../.."
deb=$1
folder=$(mktemp -d /var/tmp/shakedown-package.XXXXXX)
trap 'umount "$folder/debian/proc" 2>/dev/null || true; rm -rf "$folder"' EXIT
packaging/clean_root.sh "$folder/debian"
cp "$deb" "$folder/debian/tmp/shakedown.deb"
mount -t proc proc "$folder/debian/proc"

in_root() {
  chroot "$folder/debian" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    DEBIAN_FRONTEND=noninteractive "$@"
}

in_root apt-get update -q
began=$(date +%s)
in_root apt-get install -q -y --no-install-recommends /tmp/shakedown.deb
installed=$(date +%s)
in_root sh -c 'cd /tmp && shakedown' >"$folder/first" 2>&1
ended=$(date +%s)
cat "$folder/first"

grep -Eiq 'passed|verstat|verdict' "$folder/first"
in_root sh -c 'cd /tmp && shakedown list && shakedown run first-call --quiet --db f.sqlite'
in_root test -s /usr/share/man/man1/shakedown.1.gz
in_root test -s /usr/share/bash-completion/completions/shakedown
echo "install $((installed - began)) s, first verdict $((ended - installed)) s later"
test $((ended - began)) -le 60
in_root apt-get purge -q -y shakedown
left=$(in_root find / -xdev -name '*shakedown*' ! -path '/proc/*' ! -path '/tmp/*')
if [ -n "$left" ]; then
  echo "left behind: $left" >&2
  exit 1
fi
