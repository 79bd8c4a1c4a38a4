import { createApp, h } from 'vue';
import { createRouter, createWebHistory, RouterView, useRoute, useRouter } from 'vue-router';
import { base, now } from './trial.js';

const text = (words) => ({ render: () => h('p', words) });
const Back = {
  setup() {
    const [route, router] = [useRoute(), useRouter()];
    window.change = () => router.push({ query: { ...route.query, tab: 3 } });
    now('setup');
  },
  mounted: () => now('effect'),
  render: () => h('p', 'back'),
};
// as over a slow network: the router writes the address when it has the page
const slow = () => new Promise((done) => setTimeout(done, 300, Back));

now('before');
const router = createRouter({
  history: createWebHistory(base),
  routes: [
    { path: '/home', component: text('home') },
    { path: '/other', component: text('other') },
    { path: '/back', component: base.endsWith('loading') ? slow : Back },
  ],
});
window.go = () => router.push('/other');
router.beforeEach(() => now('guard'));
now('after');
createApp({ render: () => h(RouterView) })
  .use(router)
  .mount('#root');
now('loading');
