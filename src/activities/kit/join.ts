type Joined<Parts extends object[], All = unknown> = Parts extends [infer First extends object, ...infer Rest extends object[]]
  ? Joined<Rest, All & First>
  : All;

/** One flat object, because Temporal knows activities by their bare names. */
export function join<Parts extends object[]>(...parts: Parts): Joined<Parts> {
  const entries = parts.flatMap((part) => Object.entries(part));
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two activities are called ${twice}`);
  return Object.fromEntries(entries) as Joined<Parts>;
}
