// The same package for pages whose policy refuses WebAssembly: translated from it to JavaScript.
export * from './index.js';
