import { defineConfig } from 'vitest/config';

const project = (environment, pool) => ({
  test: {
    name: `${environment}, ${pool}`,
    environment,
    pool,
    globals: true,
    exclude: ['node_modules', 'inlined.test.jsx'],
  },
});

export default defineConfig({
  test: {
    projects: [
      project('jsdom', 'forks'),
      project('happy-dom', 'forks'),
      project('jsdom', 'vmThreads'),
      {
        test: {
          name: 'inlined',
          environment: 'jsdom',
          globals: true,
          server: { deps: { inline: ['link-widget'] } },
        },
      },
    ],
  },
});
