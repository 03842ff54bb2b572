#!/usr/bin/env bash
# The embedded demo plant and the window; without a display it runs headless and writes pictures of every screen.
set -euo pipefail
cd "$(dirname "$0")/.."
SETUP_SYNC="--no-default-groups" . packaging/setup.sh
exec .venv/bin/linekeeper demo "$@"
