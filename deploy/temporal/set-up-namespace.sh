#!/bin/sh
# Waits for Temporal, then makes the namespace and the search attributes that runs are found by. May run again.
# TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where; MUSTER_RETENTION how long Temporal keeps closed runs (Muster's archive keeps them for good).
set -eu

tries=0
until temporal operator cluster health >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" -ge 60 ]; then
    echo "Temporal does not answer at $TEMPORAL_ADDRESS" >&2
    exit 1
  fi
  sleep 2
done

# A new server takes a moment more before it knows its namespaces.
tries=0
until temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" -ge 30 ]; then
    echo "the namespace $TEMPORAL_NAMESPACE could not be made" >&2
    exit 1
  fi
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "${MUSTER_RETENTION:-30d}" || sleep 2
done

known=$(temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE")
for name in MusterRunbook MusterEnvironment MusterMode MusterState MusterSeverity MusterIncident; do
  if ! echo "$known" | grep -qw "$name"; then
    temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" --type Keyword
  fi
done
echo "namespace $TEMPORAL_NAMESPACE is ready"
