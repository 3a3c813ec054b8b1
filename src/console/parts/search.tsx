import { TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useWanted } from '../shell/address.ts';

/** Searches a page by words that stand in its address, so that what was found can be sent. */
export function Search({ to, label, placeholder }: { to: '/runs' | '/runbooks'; label: string; placeholder: string }) {
  const { q = '' } = useWanted();
  const navigate = useNavigate();
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={placeholder}
      value={q}
      onChange={({ currentTarget: { value } }) => void navigate({ to, search: value === '' ? {} : { q: value }, replace: true })}
    />
  );
}
