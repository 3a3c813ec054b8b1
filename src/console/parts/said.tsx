import type { ReactNode } from 'react';

/** Something that went wrong, said at once to people who listen. */
export const Trouble = ({ children }: { children: ReactNode }) => (
  <p className="said bad" role="alert">
    <span aria-hidden>✖</span> {children}
  </p>
);

/** Something that was done, as the answer says it. */
export const Told = ({ children }: { children: ReactNode }) => (
  <p className="said good" role="status">
    <span aria-hidden>✔</span> {children}
  </p>
);

/** What is read, while it is. */
export const Waiting = () => (
  <p className="quiet" aria-busy>
    Reading …
  </p>
);

export const Card = ({
  title,
  children,
  className = '',
  id,
}: {
  title?: ReactNode;
  children: ReactNode;
  className?: string;
  id?: string;
}) => (
  <section className={`card ${className}`} id={id}>
    {title !== undefined && <h2>{title}</h2>}
    {children}
  </section>
);
