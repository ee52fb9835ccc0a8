# Sourced by demo.sh, test.sh and .ci/run: install_packages STAGE... installs what of tools/packages.txt is missing.
install_packages() {
  local missing=() name stage wanted=" $* "
  while read -r name stage; do
    case "$name" in ''|'#'*) continue ;; esac
    case "$wanted" in *" $stage "*) ;; *) continue ;; esac
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done < tools/packages.txt
  [ "${#missing[@]}" -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "run this as root, or install sudo" >&2; return 1; }
    as_root=(sudo)
  fi
  echo "== installing ${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    > /dev/null
}
