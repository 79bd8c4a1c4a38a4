import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, useSearchParams } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { base, now } from './trial.js';

function Back() {
  const [, set] = useSearchParams();
  window.change = () =>
    set((params) => {
      params.set('tab', '3');
      return params;
    });
  useEffect(() => now('effect'), []);
  return <p>back</p>;
}

function loader() {
  now('loader');
  return null;
}

now('before');
const router = createBrowserRouter(
  [
    { path: '/home', element: <p>home</p> },
    { path: '/other', element: <p>other</p> },
    {
      path: '/back',
      element: <Back />,
      loader,
      hydrateFallbackElement: <p>soon</p>,
    },
  ],
  { basename: base },
);
window.go = () => router.navigate('/other');
now('after');
createRoot(document.getElementById('root')).render(<RouterProvider router={router} />);
