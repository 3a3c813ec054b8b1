import { Kbd, Modal } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

const places = {
  n: ['/', 'now'],
  r: ['/runs', 'runs'],
  s: ['/runbooks', 'runbooks, to start one'],
  i: ['/incidents', 'incidents'],
  e: ['/readiness', 'readiness'],
  d: ['/drills', 'drills'],
} as const;

const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** Keys for who keeps the hands on them; none decides anything, and none counts while one writes. */
export function Keys({ open, setOpen }: { open: boolean; setOpen: (open: boolean) => void }) {
  const navigate = useNavigate();
  const going = useRef(0);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target) || document.querySelector('[role="dialog"]')) return;
      const { key } = event;
      if (Date.now() - going.current < 1_500 && key in places) {
        going.current = 0;
        void navigate({ to: places[key as keyof typeof places][0] });
      } else if (key === 'g') going.current = Date.now();
      else if (key === '?') setOpen(true);
      else if (key === '/' || key === 'a') {
        const goal =
          key === '/'
            ? document.querySelector<HTMLElement>('[type="search"]')
            : document.querySelector<HTMLElement>('.gate, a[data-approval]');
        if (!goal) {
          if (key === '/') void navigate({ to: '/runbooks' });
          return;
        }
        event.preventDefault();
        if (goal instanceof HTMLAnchorElement) goal.click();
        else {
          goal.tabIndex = goal instanceof HTMLInputElement ? 0 : -1;
          goal.focus();
          goal.scrollIntoView({ block: 'start' });
        }
      }
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [navigate, setOpen]);
  return (
    <Modal opened={open} onClose={() => setOpen(false)} title="Keys" lockScroll={false} closeButtonProps={{ 'aria-label': 'Close' }}>
      <Sheet />
    </Modal>
  );
}

const Sheet = () => (
  <dl className="keys">
    {Object.entries(places).map(([key, [, what]]) => (
      <div key={key}>
        <dt>
          g then <Kbd>{key}</Kbd>
        </dt>
        <dd>{what}</dd>
      </div>
    ))}
    {[
      ['/', 'search'],
      ['a', 'show what is to be approved; it never approves'],
      ['?', 'this sheet'],
    ].map(([key, what]) => (
      <div key={key}>
        <dt>
          <Kbd>{key}</Kbd>
        </dt>
        <dd>{what}</dd>
      </div>
    ))}
  </dl>
);
