#!/bin/sh
# Builds the image `shakedown` with docker where an engine runs, else with buildah, and plays one
# scenario inside it.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=packaging/lib.sh
. packaging/lib.sh

with_docker() {
  stage "build the image" docker build --tag shakedown .
  stage "play a scenario in it" docker run --rm shakedown run first-call
}

# buildah needs no engine. Where namespaces are not to be had either, it works in plain chroots on
# plain copies, and the base image is made here instead of being pulled.
with_buildah() {
  need image
  export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
  if ! buildah inspect --type image debian:bookworm-slim >/dev/null 2>&1; then
    stage "make the base image" base_image
  fi
  stage "build the image" buildah bud --pull-never --layers=false --tag shakedown .
  container=$(buildah from --pull-never shakedown)
  status=0
  stage "play a scenario in it" buildah run "$container" -- \
    /usr/bin/tini -s -- shakedown run first-call || status=$?
  buildah rm "$container" >/dev/null
  return $status
}

base_image() {
  folder=$(mktemp -d /var/tmp/shakedown-image.XXXXXX)
  packaging/clean_root.sh "$folder/root"
  tar --directory "$folder/root" --exclude './dev/*' --create --file "$folder/root.tar" .
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$folder/root.tar" /
  buildah config --cmd /bin/sh --env PATH=/usr/sbin:/usr/bin:/sbin:/bin "$container"
  buildah commit --quiet --rm "$container" debian:bookworm-slim
  rm -r "$folder"
}

if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
  with_docker
else
  with_buildah
fi
