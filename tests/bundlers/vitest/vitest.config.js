import { defineConfig } from 'vitest/config';

const project = (environment, pool) => ({ test: { name: `${environment}, ${pool}`, environment, pool, globals: true } });

export default defineConfig({
  test: {
    projects: [project('jsdom', 'forks'), project('happy-dom', 'forks'), project('jsdom', 'vmThreads')],
  },
});
