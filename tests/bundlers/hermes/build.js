// What Metro does: it bundles with React Native's condition, and Babel writes what the engine does not know.
import babel from '@babel/core';
import esbuild from 'esbuild';
import { writeFileSync } from 'node:fs';

await esbuild.build({
  entryPoints: ['app.js'],
  outfile: 'dist/app.js',
  bundle: true,
  format: 'iife',
  platform: 'neutral',
  conditions: ['react-native'],
  mainFields: ['react-native', 'main'],
});
const presets = [['@babel/preset-env', { forceAllTransforms: true }]];
const { code } = await babel.transformFileAsync('dist/app.js', {
  presets,
  sourceType: 'script',
  compact: false,
});
writeFileSync('dist/app.js', code);
