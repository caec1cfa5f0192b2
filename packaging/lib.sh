# Shared by dev and the scripts of this folder: POSIX sh, sourced from the root of the project.
# shellcheck shell=sh

say() {
  printf '== %s\n' "$*" >&2
}

# stage TITLE COMMAND...: runs the command and says how long it took.
stage() {
  title=$1
  shift
  say "$title"
  began=$(date +%s)
  "$@"
  say "$title: $(($(date +%s) - began)) s"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "this needs root, and there is no sudo: $*"
    exit 6
  fi
}

# packages_of SECTION...: the packages of these sections of packages.txt.
packages_of() {
  for section in "$@"; do
    sed -n "/^\[$section\]/,/^\[/{/^[a-z0-9]/p}" packages.txt
  done | sort -u
}

# missing_packages SECTION...: those that are not installed.
missing_packages() {
  for package in $(packages_of "$@"); do
    case $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null) in
      ii*) ;;
      *) printf '%s ' "$package" ;;
    esac
  done
}

# need SECTION...: installs what is missing. Silent when nothing is.
need() {
  if ! command -v dpkg-query >/dev/null; then
    say "not a Debian system: these must be there already: $(packages_of "$@" | tr '\n' ' ')"
    return
  fi
  missing=$(missing_packages "$@")
  if [ -z "$missing" ]; then return; fi
  say "installing $missing"
  as_root apt-get update -q
  # shellcheck disable=SC2086  # A list of names.
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends $missing
}
