#!/usr/bin/env bash
# Runs docs/tutorial.md in an empty folder, with an installed Pome: its shell blocks in order, its files as they stand. Only
# the page is at a free port instead of the usual one. Usage: tutorial_test.sh SOURCE BUILD
set -euo pipefail
source=$1 build=$2
work=$(mktemp -d)
app=
trap '[ -z "$app" ] || kill "$app" 2> /dev/null || true; rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; cat "$work/said" >&2 || true; exit 1; }

cmake --install "$build" --prefix "$work/prefix" > "$work/said" || fail "install"
python3 "$source/tools/extract_snippets.py" "$source/docs/tutorial.md" "$work/snippets"
export POME="$source" PATH="$work/prefix/bin:$PATH" CMAKE_PREFIX_PATH="$work/prefix" LC_ALL=C
cd "$work"

# The command of block $1, which serves the page until it is stopped: its process in `app`, its address in `url`. A program
# xdg-open stands in for the desktop's browser.
start_app() {
  mkdir "$work/desktop"
  printf '#!/bin/sh\nprintf %%s "$1" > "%s/opened"\n' "$work" > "$work/desktop/xdg-open"
  chmod +x "$work/desktop/xdg-open"
  PATH="$work/desktop:$PATH" bash -c "exec $(cat "$1") --port 0 --json" > "$work/said" 2>&1 &
  app=$!
  for _ in $(seq 100); do
    url=$(sed -n 's/.*"url": *"\([^"]*\)".*/\1/p' "$work/said")
    [ -z "$url" ] || [ ! -s "$work/opened" ] || break
    sleep 0.1
  done
  [ -n "$url" ] || fail "the page does not start"
  [ "$(cat "$work/opened")" = "$url" ] || fail "the browser was not sent to $url"
}

# What the page does first: its own files, and what the model is.
ask_as_the_page_does() {
  curl --silent --fail "$url" > "$work/said" || fail "no page"
  grep -q '<script[^>]*src=' "$work/said" || fail "the page has no script"
  curl --silent --fail -H "Origin: ${url%/}" "${url}model" > "$work/said" || fail "no model"
  grep -q '"Tells cats from dogs."' "$work/said" || fail "the page does not know the model's description"
}

# The command of block $1, asked at the free port.
ask() { sed "s|http://127.0.0.1:8765/|$url|" "$1" > "$work/ask.sh"; bash -euo pipefail "$work/ask.sh" > "$work/said" 2>&1; }

stop_app() {
  kill -INT "$app"
  wait "$app" || fail "Ctrl-C does not end the page in peace"
  app=
}

blocks=0
for block in "$work"/snippets/*.sh; do
  blocks=$((blocks + 1))
  # The first block ends in the project's folder; the others begin there.
  [ ! -d "$work/pets" ] || cd "$work/pets"
  case $(basename "$block") in
    6-*) start_app "$block"; ask_as_the_page_does; continue ;;
    7-*) ask "$block" || fail "asking over HTTP" ;;
    *) bash -euo pipefail "$block" > "$work/said" 2>&1 || fail "$(basename "$block")" ;;
  esac
  case $(basename "$block") in
    1-*) cp "$work/snippets/CMakeLists.txt" "$work/snippets/main.cc" "$work/pets/" ;;
    2-*) [ -s CatDog.mlmodel ] || fail "no model" ;;
    3-*) for words in 'Tells cats from dogs' 'Image (Color RGB' '^photo.jpg  dog '; do
           grep -q "$words" "$work/said" || fail "step 3 does not say: $words"
         done ;;
    4-*) grep -q '^a dog: photo.jpg 0\.[5-9]' "$work/said" || fail "no dog" ;;
    5-*) python3 -m py_compile CatDog.py || fail "CatDog.py" ;;
    7-*) grep -q '"label":"dog"' "$work/said" || fail "the page's answer is no dog"; stop_app ;;
  esac
done
[ "$blocks" -eq 7 ] || fail "$blocks blocks of shell, 7 are expected"
echo "tutorial: $blocks blocks of shell run"
