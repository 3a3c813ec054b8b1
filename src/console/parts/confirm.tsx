import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';

export interface Asked {
  title: string;
  /** What will happen, for who decides at three in the morning. */
  what: ReactNode;
  /** Words on the button that does it. */
  yes: string;
  danger?: boolean;
  /** Must be typed before it can be done. */
  type?: string;
  /** A reason: asked for, or demanded. */
  reason?: 'may' | 'must';
  /** Does it; what it throws is shown, and the question stays. */
  act: (reason: string | undefined) => Promise<void>;
}

/** Asks before something is done. Going back is in focus first, and one request is under way at a time. */
export function Confirm({ asked, close }: { asked: Asked; close: () => void }) {
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const ready = (asked.type === undefined || typed.trim() === asked.type) && (asked.reason !== 'must' || reason.trim() !== '');
  const act = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await asked.act(reason.trim() || undefined);
      close();
    } catch (error) {
      setProblem((error as Error).message);
    }
    setBusy(false);
  };
  return (
    <Modal opened onClose={close} title={asked.title} lockScroll={false} centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className="stack">
        <div>{asked.what}</div>
        {asked.reason && (
          <Textarea
            label={asked.reason === 'must' ? 'Why' : 'Comment (may be empty)'}
            value={reason}
            maxLength={1_000}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
        )}
        {asked.type !== undefined && (
          <TextInput
            label={`Type ${asked.type} to confirm`}
            value={typed}
            autoComplete="off"
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        )}
        {problem !== undefined && (
          <p className="said bad" role="alert">
            <span aria-hidden>✖</span> {problem}
          </p>
        )}
        <div className="apart">
          <Button size="md" variant="default" onClick={close} data-autofocus>
            Back
          </Button>
          <Button size="md" color={asked.danger ? 'red' : 'green'} disabled={!ready} loading={busy} onClick={() => void act()}>
            {asked.yes}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
