// What this page knows of each provider, by its name in the package:
//
// | | |
// |---|---|
// | `launcher` | the package's function |
// | `first` | what its first argument is called in what the back end gives; none: it takes options alone |
// | `page` | what the URL of the provider's page is called there |
// | `isFramed` | the provider says that its page may be framed |
// | `sendsBack` | it sends the user to a return URL in every mode |
// | `returnParam` | the parameter of its page's URL that takes the return URL |
// | `echoesState` | its answer carries the state that the server gave |
// | `renewsToken` | its page may ask for another token, and coming back may need no page |
// | `result` | what the flow gives |
// | `reconnect` | what coming back to a connection is |

export const PROVIDERS = {
  fiskil: {
    launcher: 'link',
    first: 'sessionId',
    page: 'authServer',
    isFramed: true,
    result: '{ consentID, redirectURL }',
    reconnect:
      'The server asks for this consent to be renewed. ' +
      'You sign in and agree once more; the bank and the accounts stay.',
  },
  flinks: {
    launcher: 'openFlinks',
    page: 'url',
    isFramed: true,
    returnParam: 'redirectUrl',
    renewsToken: true,
    result: '{ loginId, institution, … }',
    reconnect:
      'The server asks the bank for new data. ' +
      'You answer the bank’s question, if it has one; otherwise nothing opens.',
  },
  finx: {
    launcher: 'openFinx',
    first: 'location',
    page: 'location',
    isFramed: true,
    echoesState: true,
    result: '{ code, state, flowId }',
    reconnect:
      'The server asks for a synchronisation. ' +
      'You sign in at the same bank once more; the accounts stay.',
  },
  finqlink: {
    launcher: 'openFinqlink',
    first: 'url',
    page: 'url',
    sendsBack: true,
    echoesState: true,
    result: '{ params, state, status, url }',
    reconnect:
      'FinqLink renews no consent. ' +
      'The server asks for a new one at the same bank, and knows the accounts by their IBANs.',
  },
  fimento: {
    launcher: 'openFimento',
    first: 'consentLink',
    page: 'consentLink',
    sendsBack: true,
    echoesState: true,
    result: '{ params, state, status, url }',
    reconnect: 'The server asks for one more consent in the same process. Choose the same bank again.',
  },
};
