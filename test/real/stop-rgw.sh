#!/usr/bin/env bash
# Stop what start-rgw.sh started: stop-rgw.sh <folder>
for file in "$1"/run/*.pid; do
  [ -e "$file" ] && kill "$(cat "$file")"
done
