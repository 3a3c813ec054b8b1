import { Link, useLocation } from '@tanstack/react-router';

/** An old or mistyped address must not look like another page. */
export function NotFound() {
  const { pathname } = useLocation();
  return (
    <>
      <h1>There is nothing here</h1>
      <p>
        <code>{pathname}</code> is no address of the console. <Link to="/">To what needs you now</Link>
      </p>
    </>
  );
}
