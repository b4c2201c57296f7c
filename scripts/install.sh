#!/usr/bin/env bash
# Installs what demo and tests need, or says what a person without root has to install. Safe to run again.
# The virtual environment with the AWS emulator is made by the rig when it is first needed.
set -euo pipefail

missing=()
need() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }
die() { printf '%s\n' "$@" >&2; exit 1; }

command -v cargo >/dev/null 2>&1 || die "Rust is missing: install it with rustup (https://rustup.rs)."
command -v python3 >/dev/null 2>&1 || die "Python 3 is missing: install the package python3."
if [ -z "${TERRANE_TERRAFORM_BIN:-}" ] && ! command -v terraform >/dev/null 2>&1 && ! command -v tofu >/dev/null 2>&1; then
  die "Neither terraform nor tofu is on the path: install Terraform 1.11 or later" \
      "(https://developer.hashicorp.com/terraform/install) or set TERRANE_TERRAFORM_BIN."
fi

# Postgres and Redis come from the path, or else, without root, from the virtual environment.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need initdb postgresql
  need redis-server redis-server
  need cc build-essential
  python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
  if [ ${#missing[@]} -gt 0 ]; then
    echo "installing ${missing[*]}"
    apt-get update -qq
    # The packages' own services stay off: the rig starts servers of its own on loopback.
    printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d.terrane && chmod +x /usr/sbin/policy-rc.d.terrane
    POLICYRCD=/usr/sbin/policy-rc.d.terrane RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    rm -f /usr/sbin/policy-rc.d.terrane
  fi
else
  need cc build-essential
  [ ${#missing[@]} -eq 0 ] || die "Please install: ${missing[*]}   (Debian, Ubuntu: sudo apt-get install ${missing[*]})"
fi
