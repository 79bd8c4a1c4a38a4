import start from './example-yew.js';

start();
