#!/bin/sh
# Waits for Temporal, then makes the namespace and the search attributes that runs are found by. May run again.
# TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where; MUSTER_RETENTION how long Temporal keeps closed runs (Muster's archive keeps them for good).
set -eu

# Tries a command for two minutes: a new server answers before it is ready, and takes a while to know a new namespace.
patiently() {
  what=$1
  shift
  tries=0
  until said=$("$@" 2>&1); do
    tries=$((tries + 1))
    if [ "$tries" -ge 120 ]; then
      printf '%s at %s: %s\n' "$what" "$TEMPORAL_ADDRESS" "$said" >&2
      exit 1
    fi
    sleep 1
  done
}

namespace() {
  temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "${MUSTER_RETENTION:-30d}"
}

search_attributes() {
  known=$(temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE") || return 1
  for name in MusterRunbook MusterEnvironment MusterMode MusterState MusterSeverity MusterIncident; do
    echo "$known" | grep -qw "$name" ||
      temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" --type Keyword || return 1
  done
}

patiently 'Temporal is not ready' temporal operator cluster health
patiently "the namespace $TEMPORAL_NAMESPACE could not be made" namespace
patiently 'the search attributes could not be made' search_attributes
echo "namespace $TEMPORAL_NAMESPACE is ready"
