// The address says which router has the page, and when the page calls resume(): /vue/effect/back
const routers = {
  vue: () => import('./vue.js'),
  react: () => import('./react.jsx'),
  'react-element': () => import('./react-element.jsx'),
  tanstack: () => import('./tanstack.jsx'),
  vue2: () => import('./vue2.js'),
  react5: () => import('./react5.js'),
  turbo: () => import('./turbo.js'),
  swup: () => import('./swup.js'),
};
await routers[location.pathname.split('/')[1]]?.();
