'use client';

import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import { now } from './trial.js';

now('module');

/** The page that a bank sends its user back to. */
export function Back() {
  const [router, path, params] = [useRouter(), usePathname(), useSearchParams()];
  const [kept] = useState(() => Math.random());
  useEffect(() => now('effect'), []);
  useEffect(() => {
    window.kept = kept;
    window.refresh = () => router.refresh();
    window.change = () => {
      const changed = new URLSearchParams(params);
      changed.set('tab', '3');
      router.push(`${path}?${changed}`);
    };
  });
  return null;
}

export function Go() {
  const [router, path] = [useRouter(), usePathname()];
  useEffect(() => {
    window.go = () => router.push(path.replace(/[^/]*$/, 'other'));
  });
  return null;
}
