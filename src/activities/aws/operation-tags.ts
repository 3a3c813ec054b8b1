import { currentStep } from '../kit/index.ts';

const operationKey = 'muster:operation';
const runKey = 'muster:run';
const nameKey = 'muster:name';

interface Tag {
  Key?: string | undefined;
  Value?: string | undefined;
}

/** Tags that say which run made a resource, and by which operation. */
export function operationTags(): { Key: string; Value: string }[] {
  const { operationId, runId } = currentStep();
  return [
    { Key: operationKey, Value: operationId },
    { Key: runKey, Value: runId },
  ];
}

/** True for a resource that this run made; only such a one is adopted. */
export function isOurs(tags: readonly Tag[] | undefined): boolean {
  const ours = operationTags();
  return (tags ?? []).some((tag) => ours.some(({ Key, Value }) => tag.Key === Key && tag.Value === Value));
}

/** The operation that made a resource, if any of ours did. */
export function operationOf(tags: readonly Tag[] | undefined): string | null {
  return tags?.find(({ Key }) => Key === operationKey)?.Value ?? null;
}

/** Tags of an instance that is made under a name; they tell later whether it still has that name. */
export function makerTags(name: string): { Key: string; Value: string }[] {
  return [...operationTags(), { Key: nameKey, Value: name }];
}

/** The name that a run of ours made an instance with. */
export function madeAs(tags: readonly Tag[] | undefined): string | null {
  return tags?.find(({ Key }) => Key === nameKey)?.Value ?? null;
}
