/** Names of the variables that an environment refers to, each once. */
export function referencesOf(environment: unknown): string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value === 'string') {
      const [, name] = /^env:([^/]+)/.exec(value) ?? [];
      if (name !== undefined) found.add(name);
    } else if (value !== null && typeof value === 'object') Object.values(value).forEach(look);
  };
  look(environment);
  return [...found];
}
