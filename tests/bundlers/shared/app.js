// What every bundler is given.
import { link } from 'link-widget';
import { connectWith } from './page.js';

connectWith((session, options) => link(session, options));
