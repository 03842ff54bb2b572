# Set-up of a bare Debian or Ubuntu, sourced by run.sh and test.sh: does only what is missing and says what it does.
# System libraries that Qt and OpenCV load -> Python 3.11 or newer -> a private .venv with the pinned uv -> uv sync.
set -euo pipefail

UV_VERSION="0.13.8"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
say() { printf '%s\n' "linekeeper: $*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# package -> a file it brings; what is there already is not asked for again
missing_packages() {
    local libraries
    libraries="$(/sbin/ldconfig -p 2>/dev/null || ldconfig -p)"
    local glib=libglib2.0-0
    apt-cache show libglib2.0-0t64 >/dev/null 2>&1 && glib=libglib2.0-0t64
    while read -r library package; do
        [ "$package" = GLIB ] && package=$glib
        printf '%s' "$libraries" | grep -q "$library" || printf '%s ' "$package"
    done <<'LIST'
libGL.so.1 libgl1
libEGL.so.1 libegl1
libxkbcommon.so.0 libxkbcommon0
libfontconfig.so.1 libfontconfig1
libfreetype.so.6 libfreetype6
libdbus-1.so.3 libdbus-1-3
libglib-2.0.so.0 GLIB
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-shape.so.0 libxcb-shape0
LIST
    for pair in "$@"; do
        command -v "${pair%%:*}" >/dev/null 2>&1 || printf '%s ' "${pair##*:}"
    done
}

find_python() {
    for candidate in python3.13 python3.12 python3.11 python3; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
}

install_packages() {
    [ $# -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        say "please install what these Debian packages hold: $*"
        return 1
    fi
    say "installing system packages: $*"
    if ! { as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }; then
        say "could not install them; as an administrator run: apt-get install --no-install-recommends $*"
        return 1
    fi
}

# shellcheck disable=SC2046  # a list of package names
install_packages $(missing_packages ${SETUP_TOOLS:-})
python="$(find_python)"
if [ -z "$python" ]; then
    install_packages python3 python3-venv
    python="$(find_python)"
fi
[ -n "$python" ] || { say "needs Python 3.11 or newer with venv"; exit 1; }

if [ ! -x "$root/.venv/bin/python" ]; then
    say "making a private environment with $python"
    "$python" -m venv "$root/.venv"
fi
uv="$(command -v uv || true)"
if [ -z "$uv" ]; then
    uv="$root/.venv/bin/uv"
    if [ ! -x "$uv" ]; then
        say "fetching uv $UV_VERSION into the private environment"
        "$root/.venv/bin/python" -m pip install -q --disable-pip-version-check "uv==$UV_VERSION"
    fi
fi
# What every start imports is compiled once, here: where Python may not write beside its sources each start would pay.
"$uv" sync --locked -q --project "$root" --inexact --compile-bytecode ${SETUP_SYNC:-}
"$root/.venv/bin/python" -m compileall -q "$root/hmi" "$root/ui" "$root/plugins"
