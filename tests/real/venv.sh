# Sourced. python_venv NAME REQUIREMENTS: sets `venv` to a folder with just these packages, which pip makes once. Where it
# cannot, that is said, and it is false; under CI=true that ends the script.
python_venv() {
  local name="$1" requirements="$2" pins log
  pins="$(sha256sum "$requirements")"
  venv="${XDG_CACHE_HOME:-$HOME/.cache}/penstock-real-s3/$name-${pins:0:12}"
  [[ ! -e "$venv/.done" ]] || return 0
  echo "real: $name: installing $(grep -v '^#' "$requirements" | wc -l) packages into $venv" >&2
  log="$(mktemp)"
  rm -rf "$venv"
  mkdir -p "$(dirname "$venv")"
  if /usr/bin/python3 -m venv "$venv" > "$log" 2>&1 &&
    timeout 300 "$venv/bin/pip" install -q --disable-pip-version-check --no-deps --only-binary :all: -r "$requirements" >> "$log" 2>&1 &&
    touch "$venv/.done"; then
    rm -f "$log"
    return 0
  fi
  tail -n 5 "$log" >&2
  rm -rf "$venv" "$log"
  echo "real: $name: left out, pip could not install them" >&2
  [[ "${CI:-}" != true ]] || exit 1
  return 1
}
