# Finds the tools bitspike needs, installs those of Debian that are missing, prints each version. Sourced by the other scripts.

say() { printf '%s\n' "$*"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else say "not root and no sudo, so this cannot be installed here: $*"; return 1
  fi
}

# Debian package of each command that may be missing.
package_of() {
  case "$1" in
    verilator) echo verilator ;;
    yosys) echo yosys ;;
    c++) echo g++ ;;
    sbatch) echo slurm-wlm ;;
    munged) echo munge ;;
    *) echo "$1" ;;
  esac
}

install_missing() {
  local missing=() command
  for command in "$@"; do
    command -v "$command" >/dev/null || missing+=("$(package_of "$command")")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if ! command -v apt-get >/dev/null; then
    say "missing: ${missing[*]}. Please install them (this is not a Debian system, so it cannot be done for you)."
    return 1
  fi
  say "installing from Debian: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

require_cargo() {
  if ! command -v cargo >/dev/null && [ -f "$HOME/.cargo/env" ]; then . "$HOME/.cargo/env"; fi
  if command -v cargo >/dev/null; then return 0; fi
  say "cargo is missing. bitspike needs Rust 1.90 or later: install it with rustup (https://rustup.rs) and run this command again."
  return 1
}

print_versions() {
  say "cargo      $(cargo --version)"
  say "c++        $(c++ --version | head -n 1)"
  say "verilator  $(verilator --version)"
  say "yosys      $(yosys -V)"
}

# What only the tests need: clock frequencies, a cluster of one node, a browser for reports.
set_up_tests() {
  PATH=$PATH:/usr/sbin
  install_missing nextpnr-ice40 sbatch munged chromium
  say "nextpnr    $(nextpnr-ice40 --version 2>&1)"
  say "slurm      $(sbatch --version)"
  say "chromium   $(chromium --version 2>/dev/null)"
}

set_up() {
  install_missing c++ make perl python3 verilator yosys
  require_cargo
  print_versions
}
