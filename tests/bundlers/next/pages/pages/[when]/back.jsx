// The older router of Next's.
import { useRouter } from 'next/router';
import { useEffect } from 'react';
import { now } from '../../../trial.js';

export async function getServerSideProps({ query }) {
  return { props: { tab: query.tab } };
}

export default function Back({ tab }) {
  const router = useRouter();
  useEffect(() => {
    window.change = () => router.push({ pathname: router.pathname, query: { ...router.query, tab: 3 } });
    window.go = () => router.push(`/pages/${router.query.when}/other`);
  });
  useEffect(() => now('effect'), []);
  return <p>{tab}</p>;
}

now('module');
