// Vue Router 3, which gives the entry that it begins with no state.
import Vue from 'vue2';
import VueRouter from 'vue-router3';
import { base, now } from './trial.js';

const text = (words) => ({ render: (h) => h('p', words) });
const Back = { mounted: () => now('effect'), render: (h) => h('p', 'back') };
// as over a slow network: the router writes the address when it has the page
const slow = () => new Promise((done) => setTimeout(done, 300, Back));

Vue.use(VueRouter);
const router = new VueRouter({
  mode: 'history',
  base,
  routes: [
    { path: '/home', component: text('home') },
    { path: '/other', component: text('other') },
    { path: '/back', component: base.endsWith('loading') ? slow : Back },
  ],
});
window.change = () => router.push({ query: { ...router.currentRoute.query, tab: 3 } });
window.go = () => router.push('/other');
router.beforeEach((_to, from, next) => {
  // Of the first page: once the router has written the answer back and is told of its end, it guards that
  // page a second time, maybe before anybody looks.
  if (from === VueRouter.START_LOCATION) now('guard');
  setTimeout(next, 50);
});
now('after');
new Vue({ router, render: (h) => h('router-view') }).$mount('#root');
now('loading');
