#!/bin/sh
# clean_root.sh FOLDER: a minimal Debian 12 root in FOLDER, by debootstrap, with the package sources
# of this machine. For the tests of the package and for the image where no Docker engine runs.
set -eu
root=$1

# Whatever form the sources of this machine have, apt knows them.
# shellcheck disable=SC2016  # The names in the format are for apt.
sources=$(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
  'Identifier: Packages' | grep ' bookworm' | sort -u)
mirror=$(printf '%s\n' "$sources" | awk '$3 == "bookworm" && $4 == "main" {print $2; exit}')
if [ -z "$mirror" ]; then
  echo "the package sources of this machine do not offer Debian 12 (bookworm)" >&2
  exit 6
fi

debootstrap --variant=minbase bookworm "$root" "$mirror" >&2
printf '%s\n' "$sources" >"$root/etc/apt/sources.list"
# How this machine fetches (a proxy, say) holds in the root, too.
apt-config dump Acquire | grep -v '""' | grep -E '::(http|https|Check-[A-Za-z-]+)(::| )' \
  >"$root/etc/apt/apt.conf.d/90host" || true
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
apt-get -o Dir="$root" clean
