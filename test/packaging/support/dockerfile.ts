export interface Instruction {
  name: string;
  text: string;
}

/** The instructions of a Dockerfile in order, with continued lines joined and comments left out. */
export function instructionsOf(dockerfile: string): Instruction[] {
  return dockerfile
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, text] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
      if (name === undefined || text === undefined) throw new Error(`not an instruction: ${line}`);
      return { name, text };
    });
}

/** What a COPY takes from the clone; none when it copies from another stage. */
export function copiedFromClone({ text }: Instruction): string[] {
  if (text.includes('--from=')) return [];
  const words = text.split(/\s+/).filter((word) => !word.startsWith('--'));
  return words.slice(0, -1);
}
