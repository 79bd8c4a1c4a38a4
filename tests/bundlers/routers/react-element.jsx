import { StrictMode, useEffect, useLayoutEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter, Route, Routes, useNavigate, useSearchParams } from 'react-router';
import { base, now } from './trial.js';

function Back() {
  const [, set] = useSearchParams();
  window.change = () =>
    set((params) => {
      params.set('tab', '3');
      return params;
    });
  useLayoutEffect(() => now('layout'), []);
  useEffect(() => now('effect'), []);
  return <p>back</p>;
}

function Shop() {
  const navigate = useNavigate();
  window.go = () => navigate('/other');
  return (
    <Routes>
      <Route path="/home" element={<p>home</p>} />
      <Route path="/other" element={<p>other</p>} />
      <Route path="/back" element={<Back />} />
    </Routes>
  );
}

now('before');
createRoot(document.getElementById('root')).render(
  <StrictMode>
    <BrowserRouter basename={base}>
      <Shop />
    </BrowserRouter>
  </StrictMode>,
);
now('after');
