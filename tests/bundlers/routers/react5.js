// The history of React Router 5, which has no state to begin with either.
import { createBrowserHistory } from 'history';
import { base, now } from './trial.js';

const history = createBrowserHistory({ basename: base });
window.change = () => {
  const params = new URLSearchParams(history.location.search);
  params.set('tab', '3');
  history.push({ search: `${params}` });
};
window.go = () => history.push('/other');
now('after');
