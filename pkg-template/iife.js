// For a classic <script>: the global `LinkWidget`.
export * from './index.js';
