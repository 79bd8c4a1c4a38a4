// Getting ready for a flow that may come: `preload(url)`.

const { LinkError, hosts, preload, start, end, is } = window.kit;

/** Gets ready for a flow, which shows nothing and leaves nothing on the page. */
export function preloads(url) {
  preload(url);
  is([document.querySelectorAll('link[rel=preconnect]').length, hosts().length], [0, 0]);
}

/** Asks this origin for its page. Nobody answers. */
export function starts(origin) {
  window.flow = start({ authServer: origin });
}

export async function closes() {
  window.flow.close();
  await end(window.flow);
}

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
