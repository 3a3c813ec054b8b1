import { z } from 'zod';
import { duration, name } from './basics.ts';
import { severityName } from './incident-severities.ts';

/** The regular expression of a text like `/^shop-/` or `/down/i`; undefined for a plain value. Throws when it is broken. */
export function patternOf(text: string): RegExp | undefined {
  const [, source, flags] = /^\/(.+)\/(i?)$/s.exec(text) ?? [];
  return source === undefined ? undefined : new RegExp(source, flags);
}

/** A `{labels.x}` or `{annotations.y}` in a text of a rule; `{{` and `}}` are braces. */
export const alertField = /\{\{|\}\}|\{([^{}]*)\}?|\}/g;

/** What a text of a rule names that no alert has, or an empty list. */
function unknownFields(text: string): string[] {
  const found = [...text.matchAll(alertField)].filter(([whole]) => whole !== '{{' && whole !== '}}');
  return found.filter(([whole]) => !/^\{(labels|annotations)\.[A-Za-z_][A-Za-z0-9_.-]*\}$/.test(whole)).map(([whole]) => whole);
}

/** Texts inside a value, however deep. */
const textsIn = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];

const sayFields = 'is no field of an alert; there are {labels.NAME} and {annotations.NAME}, and {{ and }} for braces';
const mustBeFields = (value: unknown, context: z.RefinementCtx): void => {
  for (const field of textsIn(value).flatMap(unknownFields)) context.addIssue({ code: 'custom', message: `${field} ${sayFields}` });
};

const matched = z.string().refine((text) => {
  try {
    patternOf(text);
    return true;
  } catch {
    return false;
  }
}, 'is no regular expression');

const label = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, 'is no name of a label');

/** What an alert means: the first rule whose labels all match takes it. */
export const alertRule = z.strictObject({
  name,
  /** A value, or `/regex/`, which may match anywhere in the label unless it says ^ and $. A label that an alert lacks is empty. */
  match: z.record(label, matched),
  /** What it is about; from a label when alerts say it themselves. */
  service: z.union([name, z.strictObject({ label, map: z.record(z.string(), name).exactOptional(), otherwise: name.exactOptional() })]),
  severity: z.union([
    severityName,
    z.strictObject({ label, map: z.record(z.string(), severityName), otherwise: severityName.exactOptional() }),
  ]),
  /** Alerts with the same values of these labels are one incident. */
  groupBy: z.array(label).default([]),
  /** One line for people; `{labels.x}` and `{annotations.y}` are replaced. */
  summary: z.string().min(1).superRefine(mustBeFields),
  /** A runbook that may help; a person starts it. Fields are replaced in `why` and in the texts of `input`. */
  suggests: z
    .strictObject({
      runbook: name,
      input: z.record(z.string(), z.unknown()).default({}).superRefine(mustBeFields),
      why: z.string().min(1).superRefine(mustBeFields),
    })
    .exactOptional(),
  /** Declared without a person once its alerts have fired for so long. */
  declareAfter: duration.exactOptional(),
});
export type AlertRule = z.output<typeof alertRule>;
