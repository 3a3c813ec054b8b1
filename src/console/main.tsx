import { MantineProvider } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createHashHistory, createRouter, RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './client/api.ts';
import { isSignedOut, meQuery } from './client/queries.ts';
import { routeTree } from './routes.tsx';
import { NotFound } from './shell/not-found.tsx';
import { theme } from './style/theme.ts';
import './style/mantine.ts';
import './style/colours.css';
import './style/frame.css';
import './style/run.css';

/** A session may end at any time: then the way in is shown, and afterwards everything is as it was. */
const queryCache = new QueryCache({
  onError: (error: unknown, { queryHash }) => {
    if (isSignedOut(error) && queryHash !== '["me"]') void client.invalidateQueries(meQuery);
  },
});
const client: QueryClient = new QueryClient({
  queryCache,
  defaultOptions: {
    queries: {
      // A refusal stays one; what did not arrive is asked again.
      retry: (times, error) => times < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      refetchOnWindowFocus: true,
    },
  },
});
const router = createRouter({ routeTree, history: createHashHistory(), defaultNotFoundComponent: NotFound, scrollRestoration: true });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

createRoot(document.getElementById('console')!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
