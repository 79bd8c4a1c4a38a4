import { svelte } from '@sveltejs/vite-plugin-svelte';
import react from '@vitejs/plugin-react';
import vue from '@vitejs/plugin-vue';

const pages = ['index', 'react', 'seed', 'vue', 'svelte', 'element', 'wasm'];

export default {
  plugins: [react(), vue(), svelte()],
  build: { rolldownOptions: { input: pages.map((page) => `${page}.html`) } },
};
