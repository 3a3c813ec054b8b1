import { useEffect } from 'react';

/** Says in the browser's tab what the page shows; only whose page it is while that is not known. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title === undefined ? 'Muster' : `${title} · Muster`;
  }, [title]);
}
