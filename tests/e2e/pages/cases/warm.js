// Getting ready for a flow that may come: `preload(url)`.

const { LinkError, preload, is } = window.kit;

export const cases = {
  async 'preload(url) refuses what could not be opened'() {
    const told = [];
    for (const url of [
      '',
      'session',
      'http://bank.example',
      'javascript:alert(1)',
      'https://me@bank.example',
      5,
      {},
    ]) {
      try {
        preload(url);
        told.push('accepted');
      } catch (error) {
        told.push(error instanceof LinkError && `${error.code} ${error.message.slice(0, 11)}`);
      }
    }
    is([...new Set(told)], ['LINK_INVALID_OPTIONS url must be']);
  },
};
