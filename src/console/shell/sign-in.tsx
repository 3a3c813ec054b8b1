import { Button, PasswordInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { signIn } from '../client/api.ts';
import { Card, Trouble } from '../parts/said.tsx';
import { useTitle } from './title.ts';

/** The way in with a token; who came by a link that no longer works is told so. Afterwards one is where one wanted to go. */
export function SignIn({ why }: { why: string | undefined }) {
  const client = useQueryClient();
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState(why);
  const [busy, setBusy] = useState(false);
  const byLink = location.pathname === '/sign-in';
  useTitle('Sign in');
  const enter = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await signIn(token.trim());
      // The address of the used link would only be refused again.
      if (byLink) location.replace('/');
      await client.invalidateQueries();
    } catch (error) {
      setProblem((error as Error).message);
    }
    setBusy(false);
  };
  return (
    <main className="sign-in" id="main">
      <Card>
        <h1>Sign in to Muster</h1>
        {byLink && (
          <Trouble>
            This link does not sign in any more: a link works once, and not for long. <code>./muster sign-in</code> gives a new one.
          </Trouble>
        )}
        {problem !== undefined && !byLink && <Trouble>{problem}</Trouble>}
        <form onSubmit={(event) => void enter(event)} className="stack">
          <PasswordInput
            label="Token"
            description="It begins with mst_ and is kept only as long as it takes to sign in."
            value={token}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
            onChange={({ currentTarget }) => setToken(currentTarget.value)}
          />
          <Button type="submit" size="md" loading={busy} disabled={token.trim() === ''}>
            Sign in
          </Button>
        </form>
        <p className="quiet">
          No token? Whoever runs the API makes one with <code>./muster token create YOU</code>, and <code>./muster sign-in</code> prints a
          link that signs this browser in. On the practice range: <code>./muster sign-in --as ana</code>
        </p>
      </Card>
    </main>
  );
}
