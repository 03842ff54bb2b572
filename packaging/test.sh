#!/usr/bin/env bash
# The same set-up as run.sh, then all tests offscreen, two side by side. Arguments go to pytest; `-m long` runs the
# long ones, one after the other.
set -euo pipefail
cd "$(dirname "$0")/.."
SETUP_TOOLS="Xvfb:xvfb xdotool:xdotool" . packaging/setup.sh
export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"
if [ $# -eq 0 ]; then set -- -m "not long" -n 2 --dist loadfile; fi
exec .venv/bin/python -m pytest "$@"
