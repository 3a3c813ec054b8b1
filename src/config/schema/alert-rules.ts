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

const labelled = { label: label.describe('Label of the alert that says it.'), otherwise: 'Taken where the label says nothing of these.' };

/** What an alert means: the first rule whose labels all match takes it. */
export const alertRule = z.strictObject({
  name: name.describe('What the rule is called.'),
  match: z
    .record(label.meta({ title: 'LABEL' }), matched)
    .describe(
      'Labels: a value, or `/regex/`, which may match anywhere in the label unless it says ^ and $. A label that an alert lacks is empty.',
    ),
  service: z
    .union([
      name,
      z.strictObject({
        label: labelled.label,
        map: z
          .record(z.string(), name)
          .exactOptional()
          .describe("The service for each of the label's values; the value itself unless said."),
        otherwise: name.exactOptional().describe(labelled.otherwise),
      }),
    ])
    .describe('The entry of `incidents.services` that it is about; from a label when alerts say it themselves.')
    .meta({ examples: [{ label: 'app', map: { 'shop-web': 'shop' }, otherwise: 'shop' }] }),
  severity: z
    .union([
      severityName,
      z.strictObject({
        label: labelled.label,
        map: z.record(z.string(), severityName).describe("The severity for each of the label's values."),
        otherwise: severityName.exactOptional().describe(labelled.otherwise),
      }),
    ])
    .describe('How severe it is; from a label when alerts say it themselves.'),
  groupBy: z.array(label).default([]).describe('Alerts with the same values of these labels are one incident.'),
  summary: z.string().min(1).superRefine(mustBeFields).describe('One line for people; `{labels.x}` and `{annotations.y}` are replaced.'),
  suggests: z
    .strictObject({
      runbook: name.describe('Name of the runbook.'),
      input: z
        .record(z.string(), z.unknown())
        .default({})
        .superRefine(mustBeFields)
        .describe('What it is asked for; fields of the alert are replaced in its texts.'),
      why: z.string().min(1).superRefine(mustBeFields).describe('Why it may help; fields of the alert are replaced.'),
    })
    .exactOptional()
    .describe('A runbook that may help; a person starts it.'),
  declareAfter: duration
    .exactOptional()
    .describe('Declared without a person once its alerts have fired for so long; without it a person declares.'),
});
export type AlertRule = z.output<typeof alertRule>;
