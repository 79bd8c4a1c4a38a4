import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { base, now } from './trial.js';

function Back() {
  useEffect(() => now('effect'), []);
  return <p>back</p>;
}

now('before');
const root = createRootRoute();
const route = (path, component, more) =>
  createRoute({ getParentRoute: () => root, path, component, ...more });
const router = createRouter({
  basepath: base,
  routeTree: root.addChildren([
    route('/home', () => <p>home</p>),
    route('/other', () => <p>other</p>),
    route('/back', Back, { loader: () => now('loader') }),
  ]),
});
window.go = () => router.navigate({ to: '/other' });
window.change = () => router.navigate({ to: '/back', search: (search) => ({ ...search, tab: 3 }) });
now('after');
createRoot(document.getElementById('root')).render(<RouterProvider router={router} />);
