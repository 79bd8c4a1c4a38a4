import { WindowMessenger, connect } from 'penpal';

const messenger = new WindowMessenger({ remoteWindow: opener ?? parent, allowedOrigins: ['*'] });
const connected = connect({ messenger }).promise;
globalThis.say = async () => (await connected).complete({ consentID: 'consent' });
globalThis.isReady = connected;
