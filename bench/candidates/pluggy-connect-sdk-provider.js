// Both sides of it find each other by declaring the same component.
import { initialize } from 'pluggy-connect-sdk/dist/module/pluggy-connect';

initialize();
globalThis.say = () => window.xprops.onSuccessProp({ item: { id: 'consent' } });
globalThis.isReady = true;
