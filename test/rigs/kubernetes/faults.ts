/** How a pod can be broken: its program ends with 1, it is ended for its memory (137), its image is not there, or it never gets ready. */
export type PodFault = 'crash' | 'oom' | 'image-pull' | 'never-ready';

/** In the template of a Deployment or on one pod: the fault. `none` on a pod that had one makes it well again. */
export const faultKey = 'muster.rig/fault';
/** With `oom`: the memory limit at which it does not happen any more, e.g. `512Mi`. */
export const enoughMemoryKey = 'muster.rig/enough-memory';
/** How long a pod takes until it is ready, e.g. `3s`; at once when left out. */
export const readyAfterKey = 'muster.rig/ready-after';

const annotation = (key: string) => `.metadata.annotations["${key}"]`;
/** The fault that a pod has now, in jq. */
const faultNow =
  `(${annotation(faultKey)} // "none") as $fault | if $fault == "oom" and ${annotation(enoughMemoryKey)} != null` +
  ` and ${annotation(enoughMemoryKey)} == .spec.containers[0].resources.limits.memory then "none" else $fault end`;
const waitsFor = '.status.containerStatuses.[].state.waiting.reason';
const isReady = '.status.conditions.[] | select(.type == "Ready") | .status';

const is = (key: string, ...values: string[]) => ({ key, operator: 'In', values });
const isNot = (key: string, ...values: string[]) => ({ key, operator: 'NotIn', values });
const exists = (key: string) => ({ key, operator: 'Exists' });
const missing = (key: string) => ({ key, operator: 'DoesNotExist' });

const stage = (name: string, kind: 'Pod' | 'Node', matchExpressions: object[], next: object, delay?: object) => ({
  ...{ apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'Stage', metadata: { name } },
  spec: { resourceRef: { apiGroup: 'v1', kind }, selector: { matchExpressions }, ...(delay ? { delay } : {}), next },
});

interface Containers {
  ready: boolean;
  phase: 'Running' | 'Pending';
  /** YAML in kwok's template of a container's status. */
  state: string;
  /** How many restarts more than before. */
  restarts?: number;
}

const statusOf = ({ ready, phase, state, restarts = 0 }: Containers) => `
{{ $now := Now }}
{{ $before := dig "status" "containerStatuses" (list) . }}
conditions:
{{ range list "Initialized" "PodReadyToStartContainers" }}
- { type: {{ . }}, status: "True", lastTransitionTime: {{ $now | Quote }} }
{{ end }}
{{ range list "Ready" "ContainersReady" }}
- { type: {{ . }}, status: "${ready ? 'True' : 'False'}", lastTransitionTime: {{ $now | Quote }}${ready ? '' : ', reason: ContainersNotReady'} }
{{ end }}
containerStatuses:
{{ range $index, $container := .spec.containers }}
{{ $old := dict }}
{{ if lt $index (len $before) }}{{ $old = index $before $index }}{{ end }}
- name: {{ $container.name | Quote }}
  image: {{ $container.image | Quote }}
  imageID: {{ $container.image | Quote }}
  containerID: {{ printf "kwok://%s-%d" $.metadata.uid (add (int (default 0 $old.restartCount)) ${restarts}) | Quote }}
  ready: ${ready}
  started: ${ready}
  restartCount: {{ add (int (default 0 $old.restartCount)) ${restarts} }}
${state
  .trim()
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
{{ end }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") | Quote }}
phase: ${phase}
startTime: {{ default $now .status.startTime | Quote }}
`;

const runs = 'state: { running: { startedAt: {{ $now | Quote }} } }';
const backOff = (exitCode: number, reason: string) => `
state: { waiting: { reason: CrashLoopBackOff, message: back-off restarting failed container } }
lastState: { terminated: { exitCode: ${exitCode}, reason: ${reason}, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }`;
const noImage =
  'state: { waiting: { reason: ImagePullBackOff, message: {{ printf "Back-off pulling image %s: not found" $container.image | Quote }} } }';

const lives = missing('.metadata.deletionTimestamp');
const unbroken = is(faultNow, 'none');
const restart = { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container' };

const crashes = (fault: PodFault, exitCode: number, reason: string) => {
  const status = {
    statusTemplate: statusOf({ ready: false, phase: 'Running', state: backOff(exitCode, reason), restarts: 1 }),
    event: restart,
  };
  return [
    stage(`pod-${fault}`, 'Pod', [lives, is(faultNow, fault), isNot(waitsFor, 'CrashLoopBackOff')], status),
    // Tried again and again, more patiently than a person who waits for a test.
    stage(`pod-${fault}-again`, 'Pod', [lives, is(faultNow, fault), is(waitsFor, 'CrashLoopBackOff')], status, {
      durationMilliseconds: 2_000,
    }),
  ];
};
const ready = { statusTemplate: statusOf({ ready: true, phase: 'Running', state: runs }) };
const unready = { type: 'Warning', reason: 'Unhealthy', message: 'Readiness probe failed: HTTP probe failed with statuscode: 503' };
const pullFailed = { type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff' };

/** What pods and nodes do by themselves, and what the faults make of them, as stages of kwok. */
export const podStages = [
  stage('pod-runs', 'Pod', [lives, unbroken, missing('.status.podIP')], ready, {
    durationFrom: { expressionFrom: annotation(readyAfterKey) },
  }),
  stage('pod-heals', 'Pod', [lives, unbroken, exists(annotation(faultKey)), exists('.status.podIP'), isNot(isReady, 'True')], ready),
  ...crashes('crash', 1, 'Error'),
  ...crashes('oom', 137, 'OOMKilled'),
  stage('pod-image-pull', 'Pod', [lives, is(faultNow, 'image-pull'), isNot(waitsFor, 'ImagePullBackOff')], {
    ...{ statusTemplate: statusOf({ ready: false, phase: 'Pending', state: noImage }), event: pullFailed },
  }),
  stage('pod-never-ready', 'Pod', [lives, is(faultNow, 'never-ready'), isNot(isReady, 'False')], {
    ...{ statusTemplate: statusOf({ ready: false, phase: 'Running', state: runs }), event: unready },
  }),
  stage('pod-ends', 'Pod', [exists('.metadata.deletionTimestamp')], { finalizers: { empty: true }, delete: true }),
];

const nodeStatus = (wanted: 'True' | 'False') => `
{{ $now := Now }}
conditions:
{{ range NodeConditions }}
- type: {{ .type }}
  status: {{ if eq .type "Ready" }}"${wanted}"{{ else }}{{ .status | Quote }}{{ end }}
  reason: {{ if eq .type "Ready" }}${wanted === 'True' ? 'KubeletReady' : 'KubeletNotReady'}{{ else }}{{ .reason }}{{ end }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
addresses:
- { type: InternalIP, address: {{ NodeIP | Quote }} }
- { type: Hostname, address: {{ .metadata.name | Quote }} }
daemonEndpoints: { kubeletEndpoint: { Port: {{ NodePort }} } }
phase: Running
`;

export const nodeStages = [
  stage('node-runs', 'Node', [missing(annotation(faultKey)), isNot(isReady, 'True')], { statusTemplate: nodeStatus('True') }),
  stage('node-not-ready', 'Node', [is(annotation(faultKey), 'not-ready'), isNot(isReady, 'False')], {
    statusTemplate: nodeStatus('False'),
  }),
];
