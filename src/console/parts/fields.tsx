import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';

/** One thing that a form asks for. */
export interface Field {
  name: string;
  label: string;
  help?: string;
  kind: 'line' | 'long' | 'choice' | 'yesNo' | 'number' | 'day';
  needed?: boolean;
  /** What there is to choose from; of a line, what is proposed. */
  choices?: readonly string[];
  value?: string;
}

export type Values = Record<string, string>;

/** What the fields hold at first. */
export const firstValues = (fields: readonly Field[]): Values => Object.fromEntries(fields.map(({ name, value = '' }) => [name, value]));

/** What is sent: what was left empty is left out, numbers and yes or no are no texts. */
export function bodyOf(fields: readonly Field[], values: Values): Record<string, unknown> {
  const given = fields.filter(({ name, kind }) => kind === 'yesNo' || (values[name] ?? '').trim() !== '');
  return Object.fromEntries(
    given.map(({ name, kind }) => {
      const value = values[name] ?? '';
      return [name, kind === 'yesNo' ? value === 'yes' : kind === 'number' ? Number(value) : value.trim()];
    }),
  );
}

/** Whether all that is needed was said. */
export const isWhole = (fields: readonly Field[], values: Values): boolean =>
  fields.every(({ name, needed }) => needed !== true || (values[name] ?? '').trim() !== '');

/** The fields of a form, each with its name and what it is for. */
export function Fields({ fields, values, set }: { fields: readonly Field[]; values: Values; set: (values: Values) => void }) {
  return (
    <>
      {fields.map((field) => (
        <One key={field.name} field={field} value={values[field.name] ?? ''} set={(value) => set({ ...values, [field.name]: value })} />
      ))}
    </>
  );
}

function One({ field, value, set }: { field: Field; value: string; set: (value: string) => void }) {
  const { name, label, help, kind, needed = false, choices } = field;
  const common = { label, description: help, name };
  if (kind === 'yesNo')
    return <Checkbox {...common} checked={value === 'yes'} onChange={({ currentTarget }) => set(currentTarget.checked ? 'yes' : '')} />;
  if (kind === 'choice' && choices && choices.length > 0) {
    const data = [{ value: '', label: needed ? 'Choose …' : 'not said' }, ...choices.map((one) => ({ value: one, label: one }))];
    return (
      <NativeSelect
        {...common}
        withAsterisk={needed}
        data={data}
        value={value}
        onChange={({ currentTarget }) => set(currentTarget.value)}
      />
    );
  }
  if (kind === 'long')
    return <Textarea {...common} withAsterisk={needed} rows={3} value={value} onChange={({ currentTarget }) => set(currentTarget.value)} />;
  const type = { day: 'date', number: 'number', line: 'text', choice: 'text' }[kind];
  return (
    <TextInput
      {...common}
      type={type}
      {...(kind === 'number' ? { step: 'any' } : {})}
      withAsterisk={needed}
      value={value}
      autoComplete="off"
      onChange={({ currentTarget }) => set(currentTarget.value)}
    />
  );
}
